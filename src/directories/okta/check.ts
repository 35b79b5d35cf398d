import type { Diagnostic } from "../../core/diagnostic.ts";
import { readable, tryStep } from "../wire/findings.ts";
import { questions, type Session } from "./open.ts";
import { demandWholeView } from "./read.ts";
import { Groups, Members, User, Users } from "./shapes.ts";

/** One finding a step: reached and logged in, whose key it is, people, groups, members, whether the view is whole. */
export const checkDirectory = async (session: Session): Promise<Diagnostic[]> => {
  const { client, now, config, filters, login } = session;
  const started = now.now();
  // Without a log-in every other step fails for the same reason: one fault says it better than five.
  await login.token.current();
  const host = client.host;
  const account = await tryStep(() => whose(session));
  const reached: Diagnostic = {
    code: "check.directory.reached",
    severity: "ok",
    params: { host, milliseconds: Math.round(now.now() - started) },
  };
  const filtered = (text: string | undefined): Record<string, string> =>
    text === undefined || text.trim() === "" ? { limit: "1" } : { limit: "1", filter: text.trim() };
  const people = await tryStep(async () => {
    const [user] = await client.get(client.url("/api/v1/users", filtered(filters.users)), Users, questions.people);
    return readable("people", user?.profile.email ?? user?.profile.login);
  });
  let first: string | undefined;
  const groups = await tryStep(async () => {
    const [group] = await client.get(client.url("/api/v1/groups", filtered(filters.groups)), Groups, questions.groups);
    first = group?.id;
    return readable("groups", group?.profile.name);
  });
  const rest: Diagnostic[] = [];
  if (first !== undefined) {
    const url = client.url(`/api/v1/groups/${encodeURIComponent(first)}/users`, { limit: "1" });
    rest.push(
      await tryStep(async () => {
        await client.get(url, Members, questions.members);
        return { code: "check.directory.readable", severity: "ok", params: { what: "members" } };
      }),
    );
  }
  if (groups.severity !== "error")
    rest.push(
      config.partialView
        ? { code: "okta.partial_view", severity: "warning" }
        : await tryStep(async () => {
            await demandWholeView(session);
            return { code: "okta.whole_view", severity: "ok" };
          }),
    );
  return [reached, account, people, groups, ...rest];
};

/** A token is somebody's and ends with them; an app stands by itself (Okta, "API token management"). */
const whose = async ({ client, login }: Session): Promise<Diagnostic> => {
  if (login.user !== undefined) return { code: "check.directory.app", severity: "ok", params: { app: login.user } };
  const { profile, id } = await client.get(client.url("/api/v1/users/me"), User, questions.account);
  return {
    code: "check.directory.account",
    severity: "info",
    params: { account: profile.login ?? profile.email ?? id },
  };
};
