import type { z } from "zod";
import type { FieldMeta } from "./field.ts";
import { type ChoiceShape, type LeafShape, type LeafType, type Shape, shapeOf, tagOf } from "./shape.ts";
import { valueText } from "./text.ts";

/** One setting as flags, variables, forms and documents need it. */
export interface FieldDescription {
  /** Dotted, from the schema that was asked for; a name the user chooses is `<name>`: `organizations.<name>.server`. */
  readonly path: string;
  readonly keys: readonly string[];
  readonly type: LeafType["is"];
  /** What it may be, of `one of`. */
  readonly values: readonly string[];
  /** What the values are called, in their order, where they have titles: the kinds of directory. */
  readonly labels?: readonly string[];
  /** As text; undefined without one. Never of a secret. */
  readonly defaultText: string | undefined;
  /** Must be given: neither it nor, up to the entry it belongs to, anything it is in may be left out. */
  readonly required: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly title: string;
  readonly description?: string;
  readonly secret: boolean;
  readonly file: boolean;
  readonly advanced: boolean;
  readonly selects?: boolean;
  readonly unit?: NonNullable<FieldMeta["unit"]>;
  readonly examples: readonly string[];
  readonly showIf?: NonNullable<FieldMeta["showIf"]>;
  /** Exists only where this field has this value: `directory.kind` is `ldap`. */
  readonly only?: { readonly path: string; readonly is: string };
}

/** Every setting of a schema, in its order; of a choice the field that chooses comes first, then each option's own. */
export const describeFields = (schema: z.core.$ZodType): readonly FieldDescription[] => [
  ...describe(shapeOf(schema), { keys: [], required: true }),
];

interface Place {
  readonly keys: readonly string[];
  readonly required: boolean;
  readonly only?: FieldDescription["only"];
}

function* describe(shape: Shape, place: Place): Generator<FieldDescription> {
  switch (shape.kind) {
    case "leaf":
      yield describeLeaf(shape, place);
      return;
    case "record":
      yield* describe(shape.value, { ...place, keys: [...place.keys, "<name>"], required: true });
      return;
    case "object":
      for (const [name, inner] of shape.fields) yield* describe(inner, below(place, name, inner));
      return;
    case "choice": {
      yield describeTag(shape, place);
      for (const [is, option] of shape.options)
        for (const [name, inner] of option.fields)
          if (name !== shape.by)
            yield* describe(inner, {
              ...below(place, name, inner),
              only: { path: [...place.keys, shape.by].join("."), is },
            });
    }
  }
}

/** The field that chooses carries the title of what is chosen; each value carries the option's own. */
const describeTag = (shape: ChoiceShape, place: Place): FieldDescription => {
  const tag = tagOf(shape);
  const labels = [...shape.options].map(([is, option]) => option.fields.get(shape.by)?.meta?.title ?? is);
  const { title, description } = shape.meta ?? { title: shape.by };
  const plain = describeLeaf(tag, below(place, shape.by, tag));
  return { ...plain, labels, title, ...(description === undefined ? {} : { description }) };
};

const below = (place: Place, name: string, shape: Shape): Place => ({
  ...place,
  keys: [...place.keys, name],
  required: place.required && !shape.optional,
});

const describeLeaf = (
  { type, meta, defaultValue, limits }: LeafShape,
  { keys, required, only }: Place,
): FieldDescription => {
  const secret = type.is === "secret";
  return {
    path: keys.join("."),
    keys,
    type: type.is,
    values: type.is === "one of" ? type.values : [],
    defaultText: defaultValue === undefined || secret ? undefined : valueText(defaultValue),
    required,
    ...limits,
    title: meta?.title ?? keys.at(-1) ?? "",
    ...(meta?.description === undefined ? {} : { description: meta.description }),
    secret,
    file: meta?.file === true,
    advanced: meta?.advanced === true,
    ...(meta?.selects === undefined ? {} : { selects: meta.selects }),
    ...(meta?.unit === undefined ? {} : { unit: meta.unit }),
    examples: meta?.examples ?? [],
    ...(meta?.showIf === undefined ? {} : { showIf: meta.showIf }),
    ...(only === undefined ? {} : { only }),
  };
};

/** `userObjectClass` → `user-object-class`, the name of the flag. */
export const flagName = (field: string): string =>
  field.replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`).replaceAll(".", "-");
