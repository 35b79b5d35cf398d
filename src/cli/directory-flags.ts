import { shapeOf, type LeafShape, type ObjectShape } from "../config/shape.ts";
import { ProfileConfig } from "../config/schema.ts";
import type { OptionSpec } from "./specs.ts";

/** A field of a directory's configuration with the option it is given by. */
export interface DirectoryField {
  readonly name: string;
  readonly flag: string;
  readonly shape: LeafShape;
}

/** What `--directory` takes. */
export const directoryKinds = (): string[] => [...optionsOfKinds().keys()];

/** The fields of one kind, in the order of its schema; undefined for a kind there is not. */
export const directoryFields = (kind: string): DirectoryField[] | undefined => {
  const shape = optionsOfKinds().get(kind);
  return shape === undefined ? undefined : [...fieldsIn(shape)];
};

/** Options of every kind's fields; kinds share those of the same name. */
export const directoryOptions = (): OptionSpec[] => {
  const options = new Map<string, OptionSpec>();
  for (const kind of directoryKinds())
    for (const field of directoryFields(kind) ?? [])
      for (const option of optionsOf(field)) {
        const known = options.get(option.name);
        options.set(option.name, { ...(known ?? option), kinds: [...(known?.kinds ?? []), kind] });
      }
  return [...options.values()];
};

/** `baseDn` → `base-dn` */
const kebab = (name: string): string => name.replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`);

const optionsOfKinds = (): ReadonlyMap<string, ObjectShape> => {
  const profile = shapeOf(ProfileConfig);
  const shape = profile.kind === "object" ? profile.fields.get("directory") : undefined;
  if (shape?.kind !== "choice") throw new TypeError("a directory is a choice by its kind");
  return shape.options;
};

/** Simple fields only; what is deeper is given with `--set`. */
function* fieldsIn(shape: ObjectShape): Generator<DirectoryField> {
  for (const [name, field] of shape.fields)
    if (field.kind === "leaf" && name !== "kind") yield { name, flag: kebab(name), shape: field };
}

const optionsOf = ({ flag, shape }: DirectoryField): OptionSpec[] => {
  const words = [shape.meta?.title ?? flag, shape.meta?.description].filter((text) => text !== undefined).join(". ");
  switch (shape.type.is) {
    case "secret":
      return [
        { name: `${flag}-file`, value: "file", file: true, words, wordsKey: "cli.option.secret-file" },
        { name: `${flag}-env`, value: "variable", words, wordsKey: "cli.option.secret-env" },
        { name: `${flag}-stdin`, words, wordsKey: "cli.option.secret-stdin" },
      ];
    case "boolean":
      return [{ name: flag, negatable: true, words }];
    case "one of":
      return [{ name: flag, value: "value", choices: shape.type.values.map(String), words }];
    case "list":
      return [{ name: flag, value: "value", many: true, words }];
    default:
      return [
        {
          name: flag,
          value: shape.meta?.file === true ? "file" : "value",
          words,
          ...(shape.meta?.file === true ? { file: true as const } : {}),
        },
      ];
  }
};
