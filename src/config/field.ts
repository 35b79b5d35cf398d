import { z } from "zod";

/** What a configuration field says about itself; forms, flags, docs, JSON Schema and the redaction list are derived from it. */
export interface FieldMeta {
  /** Sentence case, no full stop: the label of the form. */
  readonly title: string;
  /** One sentence that says what the value is and, where it matters, what happens without it. */
  readonly description?: string;
  /** The value is a secret reference: never shown, never logged, set through `secrets`. */
  readonly secret?: true;
  /** The value is the path of a file. */
  readonly file?: true;
  readonly advanced?: true;
  /**
   * Whether it decides who is selected, so that a change of it is reviewed. Below `directory` every field does unless it
   * says `false` (how the directory is reached: host, TLS, paging); elsewhere only what says `true`.
   */
  readonly selects?: boolean;
  /** Shown only when the named sibling field has one of these values. */
  readonly showIf?: { readonly field: string; readonly is: readonly (string | boolean)[] };
  readonly examples?: readonly string[];
  readonly unit?: "minutes" | "days" | "people" | "seconds" | "percent";
}

/** Every declared field with its meta. */
export const fields = z.registry<FieldMeta>();

/** Declares a field: call it last, around `.optional()` and `.default()`, since those make a new schema. */
export const field = <Schema extends z.ZodType>(schema: Schema, meta: FieldMeta): Schema => {
  fields.add(schema, meta);
  return schema;
};

/** Where a secret is kept. The configuration never holds the secret itself (product: secrets are references). */
export const SecretReference = z.union([
  z.strictObject({ keychain: z.literal(true) }),
  z.strictObject({ sealed: z.literal(true) }),
  z.strictObject({ env: z.string().min(1) }),
  z.strictObject({ file: z.string().min(1) }),
  z.strictObject({ command: z.array(z.string()).min(1) }),
]);
export type SecretReference = z.infer<typeof SecretReference>;

/** Declares a secret field. In `Resolved<Config>` its value is the secret's text. Each is a copy, since meta hangs on the schema. */
export const secretField = (meta: FieldMeta) => field(SecretReference.clone(), { ...meta, secret: true });
export const optionalSecretField = (meta: FieldMeta) => field(SecretReference.optional(), { ...meta, secret: true });

/** The configuration with every secret reference replaced by its text; lives only inside a run. */
export type Resolved<Config> = Config extends SecretReference
  ? string
  : Config extends readonly (infer Item)[]
    ? Resolved<Item>[]
    : Config extends object
      ? { [Key in keyof Config]: Resolved<Config[Key]> }
      : Config;
