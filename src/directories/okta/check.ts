import type { Diagnostic } from "../../core/diagnostic.ts";
import { readable, tryGroup, tryLogin, tryStep } from "../wire/findings.ts";
import { questions, type Session } from "./open.ts";
import { demandWholeView } from "./read.ts";
import { Groups, Members, User, Users } from "./shapes.ts";

/** One finding a step: reached and logged in, whose key it is, people, groups, members, whether the view is whole. */
export const checkDirectory = async (session: Session): Promise<Diagnostic[]> => {
  const { client, now, config, filters, login } = session;
  const reached = await tryLogin(client.host, now, () => login.token.current());
  const account = await tryStep(() => whose(session));
  const filtered = (text: string | undefined): Record<string, string> =>
    text === undefined || text.trim() === "" ? { limit: "1" } : { limit: "1", filter: text.trim() };
  const people = await tryStep(async () => {
    const [user] = await client.get(client.url("/api/v1/users", filtered(filters.users)), Users, questions.people);
    return readable("people", user?.profile.email ?? user?.profile.login);
  });
  const [groups, ...members] = await tryGroup({
    find: async () =>
      (await client.get(client.url("/api/v1/groups", filtered(filters.groups)), Groups, questions.groups))[0],
    nameOf: ({ profile }) => profile.name,
    readMembers: ({ id }) =>
      client.get(
        client.url(`/api/v1/groups/${encodeURIComponent(id)}/users`, { limit: "1" }),
        Members,
        questions.members,
      ),
  });
  const findings = [reached, account, people, ...(groups === undefined ? [] : [groups]), ...members];
  if (groups?.severity === "error") return findings;
  if (config.partialView) return [...findings, { code: "okta.partial_view", severity: "warning" }];
  const whole = await tryStep(async () => {
    await demandWholeView(session);
    return { code: "okta.whole_view", severity: "ok" };
  });
  return [...findings, whole];
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
