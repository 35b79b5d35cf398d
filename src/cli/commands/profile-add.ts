import { valueText } from "../../config/text.ts";
import { askOr } from "../ask.ts";
import type { FieldDescription } from "../../config/describe.ts";
import { directoryFields, directoryKinds, flagOf } from "../directory-flags.ts";
import { exitCodes } from "../exit-code.ts";
import { givenSecret } from "../secret-input.ts";
import { usage, type Invocation, type Run, type Session } from "../session.ts";
import { nearest } from "../suggest.ts";
import { profileAddedText } from "../views/human/profiles.ts";
import { asIs } from "../views/json/as-is.ts";

const command = "profile add";

/**
 * Joins a directory to an organization. Fields of the directory are options; what is needed and was not given is asked
 * for on a terminal. Secrets come from a file, a variable, stdin or a hidden question.
 */
export const run: Run = async (invocation, session) => {
  const kind = await chooseKind(invocation, session);
  const fields = directoryFields(kind);
  refuseForeign(invocation, kind, fields);
  const settings: Record<string, string> = { "directory.kind": kind };
  const secrets: Record<string, string> = {};
  for (const field of fields) {
    const key = field.path;
    if (field.secret) await takeSecret(invocation, session, { field, key, settings, secrets });
    else {
      const value = given(invocation, session, field) ?? (await askMissing(session, field));
      if (value !== undefined) settings[key] = value;
    }
  }
  for (const pair of invocation.list("set")) {
    const [, path, value] = /^([^=\s]+)=(.*)$/su.exec(pair) ?? [];
    if (path === undefined || value === undefined) throw usage("setting_pair", { name: "--set", value: pair, command });
    settings[path] = value;
  }
  const organization = invocation.text("organization");
  const answer = await session.call("profiles.add", {
    name: invocation.arguments[0] ?? "main",
    settings,
    ...(organization === undefined ? {} : { organization }),
    ...(Object.keys(secrets).length === 0 ? {} : { secrets }),
  });
  await session.show(answer, profileAddedText, asIs);
  return exitCodes.done;
};

const chooseKind = async (invocation: Invocation, session: Session): Promise<string> => {
  const kinds = directoryKinds();
  const asked = invocation.text("directory");
  const kind =
    asked ??
    (await askOr(session, { option: "--directory", command }, async (prompts) => {
      const words = await session.words();
      return prompts.select({
        message: words.format("cli.profile.ask_kind"),
        choices: kinds,
      });
    }));
  const known = kinds.map(({ value }) => value);
  if (!known.includes(kind))
    throw usage("choice", { name: "--directory", value: kind, known, suggestion: nearest(kind, known), command });
  return kind;
};

/** An option of another kind of directory would be dropped without a word. */
const refuseForeign = (invocation: Invocation, kind: string, fields: readonly FieldDescription[]): void => {
  const own = new Set(fields.flatMap(flagsOf));
  for (const { value: other } of directoryKinds())
    for (const flag of directoryFields(other).flatMap(flagsOf)) {
      const isGiven =
        invocation.text(flag) !== undefined ||
        invocation.choice(flag) !== undefined ||
        invocation.list(flag).length > 0;
      if (isGiven && !own.has(flag)) throw usage("foreign_option", { name: `--${flag}`, other, kind, command });
    }
};

const flagsOf = (field: FieldDescription): string[] => {
  const flag = flagOf(field);
  return field.secret ? [`${flag}-file`, `${flag}-env`, `${flag}-stdin`] : [flag];
};

/** The value as `config set` takes it; a file's path counts from where the command was called. */
const given = (invocation: Invocation, session: Session, field: FieldDescription): string | undefined => {
  const flag = flagOf(field);
  if (field.type === "boolean") return invocation.choice(flag)?.toString();
  if (field.type === "list") {
    const values = invocation.list(flag);
    return values.length === 0 ? undefined : valueText(values);
  }
  const text = invocation.text(flag);
  return text !== undefined && field.file ? session.pathOf(text) : text;
};

const askMissing = async (session: Session, field: FieldDescription): Promise<string | undefined> => {
  if (!field.required) return undefined;
  const text = await askOr(session, { option: `--${flagOf(field)}`, command }, async (prompts) => {
    const required = (await session.words()).format("cli.ask.required");
    const [example] = field.examples;
    return prompts.text({
      message: field.title,
      ...(example === undefined ? {} : { placeholder: example }),
      validate: (answer) => (answer.trim() === "" ? required : undefined),
    });
  });
  return field.file ? session.pathOf(text) : text;
};

interface SecretField {
  readonly field: FieldDescription;
  readonly key: string;
  readonly settings: Record<string, string>;
  readonly secrets: Record<string, string>;
}

/** A secret that lies in a file or a variable stays there; one that was piped or typed is stored. An optional one may be left empty; one that few need is not asked for. */
const takeSecret = async (
  invocation: Invocation,
  session: Session,
  { field, key, settings, secrets }: SecretField,
): Promise<void> => {
  const flag = flagOf(field);
  const found = await givenSecret(invocation, session, flag);
  if (found?.reference !== undefined) settings[key] = found.reference;
  else if (found !== undefined) secrets[key] = found.secret;
  else {
    if (!field.required && (field.advanced || (await session.context.prompts()) === undefined)) return;
    const secret = await askOr(session, { option: `--${flag}-stdin`, command }, (prompts) =>
      prompts.hidden({ message: field.title }),
    );
    if (secret !== "") secrets[key] = secret;
  }
};
