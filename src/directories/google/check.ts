import type { Diagnostic } from "../../core/diagnostic.ts";
import { readable, tryStep } from "../wire/findings.ts";
import { questions, type Session } from "./session.ts";
import { fields, type Group, Groups, Members, Users } from "./shapes.ts";

/** One finding a step: logged in and as whom, people, groups, members. */
export const checkDirectory = async (session: Session): Promise<Diagnostic[]> => {
  const { client, now: clock, config, login, scope } = session;
  const started = clock.now();
  await login.token.current();
  const milliseconds = Math.round(clock.now() - started);
  const findings: Diagnostic[] = [
    { code: "check.directory.reached", severity: "ok", params: { host: client.host, milliseconds } },
    { code: "check.directory.app", severity: "ok", params: { app: login.serviceAccount } },
    { code: "google.on_behalf", severity: "info", params: { admin: config.adminUser } },
  ];
  findings.push(
    await tryStep(async () => {
      const url = client.url("/admin/directory/v1/users", { ...scope, maxResults: "1", fields: fields.users });
      const [user] = (await client.get(url, Users, questions.people)).users;
      return readable("people", user?.primaryEmail);
    }),
  );
  let group: Group | undefined;
  findings.push(
    await tryStep(async () => {
      const url = client.url("/admin/directory/v1/groups", { ...scope, maxResults: "1", fields: fields.groups });
      group = (await client.get(url, Groups, questions.groups)).groups[0];
      return readable("groups", group?.name);
    }),
  );
  if (group !== undefined) {
    const path = `/admin/directory/v1/groups/${encodeURIComponent(group.id)}/members`;
    findings.push(
      await tryStep(async () => {
        await client.get(client.url(path, { maxResults: "1", fields: fields.members }), Members, questions.members);
        return { code: "check.directory.readable", severity: "ok", params: { what: "members" } };
      }),
    );
  }
  return findings;
};
