import { describeFields, flagName, type FieldDescription } from "../config/describe.ts";
import { ProfileConfig } from "../config/schema.ts";
import type { OptionSpec } from "./specs.ts";

/** What `--directory` takes, with what each kind is called. */
export const directoryKinds = (): { readonly value: string; readonly label: string }[] => {
  const tag = describeFields(ProfileConfig).find(({ path }) => path === kindPath);
  return (tag?.values ?? []).map((value, index) => ({ value, label: tag?.labels?.[index] ?? value }));
};

/** The fields of one kind of directory, in the order of its schema. */
export const directoryFields = (kind: string): readonly FieldDescription[] =>
  describeFields(ProfileConfig).filter(({ only }) => only?.path === kindPath && only.is === kind);

/** Options of every kind's fields; kinds share those of the same name. */
export const directoryOptions = (): OptionSpec[] => {
  const options = new Map<string, OptionSpec>();
  for (const { value: kind } of directoryKinds())
    for (const option of directoryFields(kind).flatMap(optionsOf)) {
      const known = options.get(option.name);
      options.set(option.name, { ...(known ?? option), kinds: [...(known?.kinds ?? []), kind] });
    }
  return [...options.values()];
};

/** `directory.baseDn` → `base-dn` */
export const flagOf = ({ path }: FieldDescription): string => flagName(path.slice("directory.".length));

const kindPath = "directory.kind";

const optionsOf = (field: FieldDescription): OptionSpec[] => {
  const name = flagOf(field);
  const words = [field.title, field.description].filter((text) => text !== undefined).join(". ");
  switch (field.type) {
    case "secret":
      return [
        { name: `${name}-file`, value: "file", file: true, words, wordsKey: "cli.option.secret-file" },
        { name: `${name}-env`, value: "variable", words, wordsKey: "cli.option.secret-env" },
        { name: `${name}-stdin`, words, wordsKey: "cli.option.secret-stdin" },
      ];
    case "boolean":
      return [{ name, negatable: true, words }];
    case "one of":
      return [{ name, value: "value", choices: field.values, words }];
    case "list":
      return [{ name, value: "value", many: true, words }];
    default:
      return [field.file ? { name, value: "file", file: true, words } : { name, value: "value", words }];
  }
};
