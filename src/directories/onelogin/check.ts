import type { Diagnostic } from "../../core/diagnostic.ts";
import { readable, tryLogin, tryStep } from "../wire/findings.ts";
import { questions, type Session } from "./open.ts";
import { Groups, nameOf, Role, User, userFields } from "./shapes.ts";

/** One finding a step: reached and logged in, whose key it is, people, and roles or groups with their members. */
export const checkDirectory = async (session: Session): Promise<Diagnostic[]> => {
  const { client, now, login, config, queries } = session;
  const reached = await tryLogin(client.host, now, () => login.account());
  const account = await login.account();
  const key: Diagnostic = {
    code: "onelogin.key",
    severity: "info",
    params: { key: config.clientId, ...(account === undefined ? {} : { account }) },
  };
  const people = await tryStep(async () => {
    const url = client.url("/api/2/users", { ...queries.users, limit: "1", fields: userFields });
    const [user] = await client.get(url, User.array(), questions.people);
    return readable("people", user?.email ?? user?.username ?? (user && nameOf(user)));
  });
  const groups = await tryStep(async () => {
    if (config.groupsFrom === "groups") {
      const { data } = await client.get(client.url("/api/1/groups"), Groups, questions.groups);
      return readable("groups", data[0]?.name);
    }
    const url = client.url("/api/2/roles", { ...queries.groups, limit: "1", fields: "users" });
    const [role] = await client.get(url, Role.array(), questions.groups);
    return readable("groups", role?.name);
  });
  return [reached, key, people, groups];
};
