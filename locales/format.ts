import { IntlMessageFormat } from "intl-messageformat";

/** Flat keys to ICU messages, as in `en.json`. */
export type Catalogue = Readonly<Record<string, string>>;
export type FormatParams = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
/** The words for a key. Never throws: a key without words gives itself and its params, a param without a value shows as "?". */
export type Format = (key: string, params?: FormatParams) => string;

type Elements = ReturnType<IntlMessageFormat["getAst"]>;
type Values = Record<string, string | number | boolean>;

/** Words of one language; messages are compiled when first used. Lists are joined with ", "; an empty one is `none` to a choice. */
export function createFormat(catalogue: Catalogue, locale: string): Format {
  const compiled = new Map<string, IntlMessageFormat>();
  const compile = (key: string, text: string): IntlMessageFormat => {
    const known = compiled.get(key);
    if (known !== undefined) return known;
    const message = new IntlMessageFormat(text, locale, undefined, { ignoreTag: true });
    nameNothing(message.getAst());
    compiled.set(key, message);
    return message;
  };
  return (key, params = {}) => {
    const text = Object.hasOwn(catalogue, key) ? catalogue[key] : undefined;
    const values = valuesOf(params);
    if (text === undefined) return bare(key, values);
    try {
      const message = compile(key, text);
      const elements = message.getAst();
      const complete = isComplete(elements, values) ? message : new IntlMessageFormat(filled(elements, values), locale);
      return String(complete.format(values));
    } catch {
      return bare(key, values);
    }
  };
}

/** What a choice says for `none` it says for an empty text. */
function nameNothing(elements: Elements): void {
  for (const element of elements) {
    if (!("options" in element)) continue;
    const { options } = element;
    for (const { value } of Object.values(options)) nameNothing(value);
    if (options["none"] !== undefined) options[""] = options["none"];
  }
}

const bare = (key: string, values: Values): string =>
  Object.keys(values).length === 0 ? key : `${key} ${JSON.stringify(values)}`;

function valuesOf(params: FormatParams): Values {
  const values: Values = {};
  for (const [name, value] of Object.entries(params))
    if (value !== undefined) values[name] = typeof value === "object" ? value.join(", ") : value;
  return values;
}

// Element types of the message syntax tree, by the numbers the parser documents.
const literal = 0;
const pound = 7;

function isComplete(elements: Elements, values: Values): boolean {
  return elements.every(
    (element) =>
      element.type === literal ||
      element.type === pound ||
      (Object.hasOwn(values, element.value) &&
        (!("options" in element) || Object.values(element.options).every((option) => isComplete(option.value, values)))),
  );
}

/** The message with "?" where a value is missing; a choice without its value is taken as `=0` or `none` where it has that, else as `other`. */
function filled(elements: Elements, values: Values, inMissing = false): Elements {
  return elements.flatMap((element): Elements => {
    if (element.type === pound) return inMissing ? [unknown] : [element];
    if (element.type === literal) return [element];
    const isMissing = !Object.hasOwn(values, element.value);
    if (!("options" in element)) return isMissing ? [unknown] : [element];
    const { options } = element;
    if (!isMissing) return [withOptions(element, values)];
    const chosen = options["=0"] ?? options["none"] ?? options["other"];
    return chosen === undefined ? [unknown] : filled(chosen.value, values, true);
  });
}

const unknown: Elements[number] = { type: literal, value: "?" };

function withOptions<Choice extends Extract<Elements[number], { options: object }>>(element: Choice, values: Values): Choice {
  const options = Object.fromEntries(
    Object.entries(element.options).map(([name, option]) => [name, { ...option, value: filled(option.value, values) }]),
  );
  return { ...element, options };
}
