/** What somebody does in the organization between two runs; whatever is not possible there does not happen. */
import type { Sandbox } from "../../src/organizations/sandbox/sandbox.ts";
import type { Group, Member } from "../../src/organizations/sandbox/state.ts";
import { addressOf, type Case, type Hand } from "./case.ts";

/** The organization a case begins with. */
export const populate = (sandbox: Sandbox, { members, held }: Pick<Case, "members" | "held">): void => {
  for (const { name, id, status, type } of members)
    sandbox.byHand.addMember({
      email: addressOf(name),
      status,
      type,
      ...(id === undefined ? {} : { externalId: id }),
      ...(name === "a" ? { twoFactor: true } : {}),
    });
  for (const { name, id, members: inside } of held) addGroup(sandbox, name, id, inside);
};

const addGroup = (sandbox: Sandbox, name: string, externalId: string | undefined, members: readonly string[]): void => {
  // What a server makes of an import where two groups have one external id is not known.
  if (externalId !== undefined && [...sandbox.state.groups.values()].some((one) => one.externalId === externalId))
    return;
  const group = sandbox.byHand.addGroup({
    name,
    members: presentOf(sandbox, members),
    ...(externalId === undefined ? {} : { externalId }),
  });
  group.collections.push({ id: `collection of ${name}`, readOnly: true });
};

const presentOf = ({ byHand }: Sandbox, names: readonly string[]): string[] =>
  names.flatMap((name) => byHand.findMember(addressOf(name))?.id ?? []);

export const act = (sandbox: Sandbox, hand: Hand): void => {
  if ("who" in hand) actOnPerson(sandbox, hand, sandbox.byHand.findMember(addressOf(hand.who)));
  else actOnGroup(sandbox, hand, sandbox.byHand.findGroup(hand.group));
};

const actOnPerson = (
  sandbox: Sandbox,
  hand: Extract<Hand, { readonly who: string }>,
  member: Member | undefined,
): void => {
  const { byHand } = sandbox;
  if (hand.do === "add") {
    if (member === undefined)
      byHand.addMember({
        email: addressOf(hand.who),
        status: hand.status,
        ...(hand.id === undefined ? {} : { externalId: hand.id }),
      });
    return;
  }
  if (member === undefined) return;
  switch (hand.do) {
    case "revoke":
      return void byHand.revoke(member.id);
    case "restore":
      return void byHand.restore(member.id);
    case "remove":
      return byHand.removeMember(member.id);
    case "promote":
      return void byHand.setType(member.id, hand.type);
    case "accept":
      return void (member.status === 0 || member.status === 3 ? byHand.accept(member.id) : undefined);
    case "confirm":
      return void (member.status === 1 ? byHand.confirm(member.id) : undefined);
    case "forget id":
      member.externalId = null;
      return;
    case "change id":
      member.externalId = hand.to;
      return;
    case "change address": {
      const address = addressOf(hand.to === "own" ? `${hand.who}-own` : hand.to);
      if (member.userId === null || byHand.findMember(address) !== undefined) return;
      member.email = address;
      member.name = address;
      if (sandbox.state.dialect === "vaultwarden")
        sandbox.state.accounts.set(address, {
          id: member.userId,
          hasPassword: member.hasMasterPassword,
          invited: false,
        });
    }
  }
};

const actOnGroup = (
  sandbox: Sandbox,
  hand: Extract<Hand, { readonly group: string }>,
  group: Group | undefined,
): void => {
  if (hand.do === "add group") return addGroup(sandbox, hand.group, hand.id, hand.members);
  if (group === undefined) return;
  switch (hand.do) {
    case "remove group":
      return sandbox.byHand.removeGroup(group.id);
    case "forget group id":
      group.externalId = null;
      return;
    case "rename group":
      group.name = hand.to;
      return;
    case "fill group":
      sandbox.byHand.setGroupMembers(group.id, presentOf(sandbox, hand.members));
  }
};
