import type { z } from "zod";
import type { Diagnostic } from "../../core/diagnostic.ts";
import { Fault } from "../../core/fault.ts";
import type { Question } from "../wire/client.ts";
import { readable, tryGroup, tryLogin, tryStep } from "../wire/findings.ts";
import { readClaims } from "./login.ts";
import { demandVisible, isHidden } from "./members.ts";
import { questions, type Session } from "./session.ts";
import { Group, groupFields, Member, pageOf, User, userFields } from "./shapes.ts";

/** One finding a step: logged in, people, groups, members, administrative units where they select; and what ends soon. */
export const checkDirectory = async (session: Session): Promise<Diagnostic[]> => {
  const { client, now: clock, config, login, filters, addresses } = session;
  const reached = await tryLogin(addresses.token.host, clock, () => login.token.current());
  const { tenant } = readClaims(await login.token.current());
  const first = async <Value>(url: URL, shape: z.ZodType<Value>, question: Question): Promise<Value | undefined> =>
    (await client.get(url, pageOf(shape), question)).value[0];
  const people = await tryStep(async () => {
    const user = await first(client.url("/users", { $select: userFields, $top: "1" }), User, questions.people);
    if (user !== undefined && (user.userPrincipalName ?? "") === "") throw missing(session, questions.people);
    return readable("people", user?.userPrincipalName);
  });
  const groups = await tryGroup({
    find: async () => {
      const url = client.url("/groups", { $select: groupFields, $top: "999" });
      const some = (await client.get(url, pageOf(Group), questions.groups)).value;
      // Best one whose members are hidden: it shows whether the right to them is missing.
      const group = some.find(isHidden) ?? some[0];
      if (group !== undefined && (group.displayName ?? "") === "") throw missing(session, questions.groups);
      return group;
    },
    nameOf: ({ displayName }) => displayName,
    readMembers: async (group) => {
      const url = client.url(`/groups/${encodeURIComponent(group.id)}/members`, { $select: "id", $top: "1" });
      const member = await first(url, Member, questions.members);
      await demandVisible(session, group, member === undefined ? 0 : 1);
    },
  });
  const units: Diagnostic[] = [];
  for (const unit of filters.administrativeUnits?.ids ?? [])
    units.push(
      await tryStep(async () => {
        const path = `/directory/administrativeUnits/${encodeURIComponent(unit.trim())}/members`;
        await first(client.url(path, { $select: "id", $top: "1" }), Member, questions.units);
        return { code: "check.directory.readable", severity: "ok", params: { what: "units", sample: unit.trim() } };
      }),
    );
  return [
    reached,
    { code: "check.directory.app", severity: "ok", params: { app: config.clientId } },
    ...(tenant === undefined ? [] : [{ code: "entra.tenant", severity: "info", params: { tenant } } as const]),
    ...endingSoon(login.endsAt, clock.now()),
    people,
    ...groups,
    ...units,
  ];
};

const missing = ({ client, config }: Session, { what, right }: Question): Fault =>
  new Fault("directory.forbidden", { host: client.host, user: config.clientId, what, right, grant: "entra" });

const month = 30 * 24 * 3600 * 1000;

const endingSoon = (endsAt: number | undefined, now: number): Diagnostic[] => {
  if (endsAt === undefined || endsAt - now > month) return [];
  const until = new Date(endsAt).toISOString().slice(0, 10);
  return [{ code: "check.directory.certificate_ends", severity: "warning", params: { until } }];
};
