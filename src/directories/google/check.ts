import type { Diagnostic } from "../../core/diagnostic.ts";
import { readable, tryGroup, tryLogin, tryStep } from "../wire/findings.ts";
import { questions, type Session } from "./session.ts";
import { fields, Groups, Members, Users } from "./shapes.ts";

/** One finding a step: logged in and as whom, people, groups, members. */
export const checkDirectory = async (session: Session): Promise<Diagnostic[]> => {
  const { client, now: clock, config, login, scope } = session;
  const reached = await tryLogin(client.host, clock, () => login.token.current());
  const people = await tryStep(async () => {
    const url = client.url("/admin/directory/v1/users", { ...scope, maxResults: "1", fields: fields.users });
    const [user] = (await client.get(url, Users, questions.people)).users;
    return readable("people", user?.primaryEmail);
  });
  const groups = await tryGroup({
    find: async () => {
      const url = client.url("/admin/directory/v1/groups", { ...scope, maxResults: "1", fields: fields.groups });
      return (await client.get(url, Groups, questions.groups)).groups[0];
    },
    nameOf: ({ name }) => name,
    readMembers: ({ id }) => {
      const path = `/admin/directory/v1/groups/${encodeURIComponent(id)}/members`;
      return client.get(client.url(path, { maxResults: "1", fields: fields.members }), Members, questions.members);
    },
  });
  return [
    reached,
    { code: "check.directory.app", severity: "ok", params: { app: login.serviceAccount } },
    { code: "google.on_behalf", severity: "info", params: { admin: config.adminUser } },
    people,
    ...groups,
  ];
};
