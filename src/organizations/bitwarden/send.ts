import { Fault } from "../../core/fault.ts";
import type { Log } from "../../core/log.ts";
import type { OrganizationMember } from "../../core/organization-state.ts";
import type { GroupKey, MemberKey, SendResult, Step } from "../organization.ts";
import type { Client } from "../wire/client.ts";
import { importBody } from "../wire/import-body.ts";
import { judgeWrite } from "../wire/outcome.ts";
import type { Reader } from "./read.ts";

/**
 * Sends steps, each once. People and groups are looked up just before they are touched: an owner is never revoked or
 * removed whatever the plan thought, and what is already so counts as done.
 */
export const createSender = (
  client: Client,
  reader: Reader,
  options: { readonly staging: boolean; readonly log: Log },
): ((step: Step) => Promise<SendResult>) => {
  const { staging, log } = options;
  const done: SendResult = { outcome: "done" };
  let known: Promise<OrganizationMember[]> | undefined;
  let sawStaged = false;

  const members = (): Promise<OrganizationMember[]> => (known ??= reader.members());
  const forget = (): void => void (known = undefined);

  const findMember = async ({
    organizationId,
    externalId,
    email,
  }: MemberKey): Promise<OrganizationMember | undefined> => {
    if (organizationId !== undefined) return reader.member(organizationId);
    const all = await members();
    // An id that was cleared by hand must not hide a leaver.
    const found =
      all.find((member) => externalId !== undefined && member.externalId === externalId) ??
      all.find((member) => member.email === email);
    return found === undefined ? undefined : reader.member(found.id);
  };
  const findGroup = async ({ organizationId, externalId }: GroupKey): Promise<string | undefined> =>
    organizationId ?? (await reader.groups()).find((group) => group.externalId === externalId)?.id;

  const sendImport = async (step: Extract<Step, { kind: "import" }>): Promise<SendResult> => {
    if (!step.invite && !staging) throw new Fault("organization.no_staging", { server: client.server, reason: "flag" });
    const result = judgeWrite(
      await client.write("POST", "/organization/import", importBody(step)),
      client.asked("import"),
    );
    forget();
    if (result.outcome !== "done" || step.invite || sawStaged) return result;
    const ids = new Set(step.members.map(({ externalId }) => externalId));
    const created = (await members()).filter(({ externalId }) => externalId !== undefined && ids.has(externalId));
    const mailed = created.filter(({ status }) => status === "invited");
    if (mailed.length > 0)
      return {
        outcome: "refused",
        code: "organization.no_staging",
        messages: mailed.map(({ email }) => email),
        status: 0,
      };
    sawStaged = created.length > 0;
    return result;
  };

  const sendAboutMember = async (step: Extract<Step, { member: MemberKey }>): Promise<SendResult> => {
    const member = await findMember(step.member);
    // Known by the address that is to be replaced; at another one they have moved already.
    const pending = step.kind === "remove" && step.onlyIf === "pending";
    if (pending && member !== undefined && member.email !== step.member.email) return done;
    if (member === undefined) return step.kind === "restore" ? movedOn(step.member.email, "missing") : done;
    if (step.kind === "restore" ? member.status !== "revoked" : step.kind === "revoke" && member.status === "revoked")
      return done;
    if (step.kind !== "restore" && member.type === "owner") return movedOn(member.email, "owner");
    if (pending && member.status !== "invited" && member.status !== "staged") return movedOn(member.email, "accepted");
    if (step.member.organizationId === undefined && isSomebodyElse(member, step.member))
      return movedOn(member.email, "other");
    const path = `/members/${encodeURIComponent(member.id)}`;
    const reply =
      step.kind === "remove" ? await client.write("DELETE", path) : await client.write("POST", `${path}/${step.kind}`);
    const result = judgeWrite(reply, client.asked(step.kind));
    forget();
    return result.outcome === "refused" && isSoAlready(step.kind, result.status, result.messages) ? done : result;
  };

  const sendGroupMembers = async (step: Extract<Step, { kind: "group-members" }>): Promise<SendResult> => {
    const id = await findGroup(step.group);
    const present = id === undefined ? undefined : await reader.memberIds(id);
    if (id === undefined || present === undefined) return movedOn(step.group.name, "missing");
    const all = await members();
    const byExternalId = new Map(all.map((member) => [member.externalId, member.id]));
    const byEmail = new Map(all.map((member) => [member.email, member.id]));
    const absent = step.members.filter((externalId) => !byExternalId.has(externalId));
    if (absent.length > 0)
      log.info("not members, so not in the group", { group: step.group.name, externalIds: absent });
    const wanted = new Set(present);
    for (const externalId of step.remove) wanted.delete(byExternalId.get(externalId) ?? "");
    for (const email of step.removeByEmail) wanted.delete(byEmail.get(email) ?? "");
    for (const externalId of step.members) wanted.add(byExternalId.get(externalId) ?? "");
    wanted.delete("");
    const reply = await client.write(
      "PUT",
      `/groups/${encodeURIComponent(id)}/member-ids`,
      JSON.stringify({ memberIds: [...wanted] }),
    );
    return judgeWrite(reply, client.asked("memberships"));
  };

  const sendRemoveGroup = async (step: Extract<Step, { kind: "remove-group" }>): Promise<SendResult> => {
    const id = await findGroup(step.group);
    if (id === undefined) return done;
    const reply = await client.write("DELETE", `/groups/${encodeURIComponent(id)}`);
    const result = judgeWrite(reply, client.asked("remove_group"));
    return result.outcome === "refused" && result.status === 404 ? done : result;
  };

  return async (step) => {
    switch (step.kind) {
      case "import":
        return sendImport(step);
      case "group-members":
        return sendGroupMembers(step);
      case "remove-group":
        return sendRemoveGroup(step);
      default:
        return sendAboutMember(step);
    }
  };
};

/** Found by address, but under the id of another entry: not whom the plan means. */
const isSomebodyElse = (member: OrganizationMember, { externalId }: MemberKey): boolean =>
  member.externalId !== undefined && externalId !== undefined && member.externalId !== externalId;

/** What the plan relied on is no longer so: the run stops rather than act on it. `messages` are who and why. */
const movedOn = (who: string, reason: "owner" | "accepted" | "missing" | "other"): SendResult => ({
  outcome: "refused",
  code: "organization.moved_on",
  messages: [who, reason],
  status: 0,
});

/** Somebody else was faster: bitwarden/server says so with these texts, or with 404 for who is gone. */
const isSoAlready = (kind: "revoke" | "restore" | "remove", status: number, messages: readonly string[]): boolean => {
  if (kind === "revoke" && messages.includes("Already revoked.")) return true;
  if (kind === "restore" && messages.includes("Already active.")) return true;
  return status === 404 && kind !== "restore";
};
