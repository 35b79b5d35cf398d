import type { Output } from "../../../rpc/contract.ts";
import { programName } from "../../specs.ts";
import { block, wrap, type Screen } from "../layout.ts";
import { findingLines } from "./findings.ts";
import { hostOf } from "./row.ts";

/** Who answered, as whom we are logged in, where the secret is, and what comes next. */
export const loginText = (answer: Output<"organizations.login">, screen: Screen): string => {
  const { words, width } = screen;
  const { name, server, dialect, version, region, replaced, storedIn, findings } = answer;
  return block([
    ...wrap(
      words.format(replaced ? "cli.login.renewed" : "cli.login.done", {
        name,
        server: hostOf(server),
        dialect: words.has(`cli.dialect.${dialect}`) ? words.format(`cli.dialect.${dialect}`) : dialect,
        version: version ?? "none",
        region: region ?? "none",
      }),
      width,
      "  ",
    ),
    `  ${words.format(words.has(`cli.stored_in.${storedIn}`) ? `cli.stored_in.${storedIn}` : "cli.stored_in.elsewhere", { place: storedIn })}`,
    ...findingLines(
      findings.filter(({ code }) => !isLimit(code)),
      screen,
    ),
    ...(findings.some(({ code }) => isLimit(code))
      ? wrap(
          `  ${words.format("cli.login.more_abilities", { command: `${programName} help ${dialect}` })}`,
          width,
          "  ",
        )
      : []),
    ...(replaced ? [] : [words.format("cli.login.next", { command: `${programName} profile add` })]),
  ]);
};

/** What this server cannot do is told by `check`, and all of it by its help topic. */
const isLimit = (code: string): boolean => code.startsWith("ability.") && code !== "ability.vaultwarden_read";

export const logoutText = (
  { name, removed, reference }: Output<"organizations.logout">,
  { words, width }: Screen,
): string =>
  block(wrap(words.format(removed ? "cli.logout.done" : "cli.logout.elsewhere", { name, reference }), width, "  "));

export const ownersMissingText = ({ path }: { readonly path: string }, { words, width }: Screen): string =>
  block(wrap(words.format("cli.login.owners_missing", { command: `${programName} config set ${path}` }), width, "  "));

export const secretSetText = ({ name, storedIn }: Output<"secrets.set">, { words, width }: Screen): string =>
  block(
    wrap(
      words.format("cli.secret.set", {
        name,
        place: words.has(`cli.place.${storedIn}`) ? words.format(`cli.place.${storedIn}`) : storedIn,
      }),
      width,
      "  ",
    ),
  );

export const secretClearedText = ({ name }: Output<"secrets.clear">, { words }: Screen): string =>
  block([words.format("cli.secret.cleared", { name })]);
