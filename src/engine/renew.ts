import { Fault, isFault } from "../core/fault.ts";
import type { OrganizationState } from "../core/organization-state.ts";
import type { OpenOrganization } from "../organizations/organization.ts";

/**
 * An organization that is opened once more, with its secret resolved anew, when the server refuses a key that had worked
 * before in this run: somebody renewed it meanwhile. A refused key that never worked is refused.
 */
export const openRenewing = async (open: () => Promise<OpenOrganization>): Promise<OpenOrganization> => {
  let current = await open();
  let worked = false;
  let renewed = false;
  const call = async <Result>(ask: (organization: OpenOrganization) => Promise<Result>): Promise<Result> => {
    try {
      const result = await ask(current);
      worked = true;
      return result;
    } catch (error) {
      if (!isFault(error, "organization.refused") || !worked || renewed) throw error;
      renewed = true;
      await current[Symbol.asyncDispose]();
      current = await open();
      return ask(current);
    }
  };
  const { probe, organizationId, abilities } = current;
  return {
    probe,
    organizationId,
    abilities,
    check: () => call((organization) => organization.check()),
    ...(current.read === undefined
      ? {}
      : { read: (memberships) => call((organization) => readOf(organization, memberships)) }),
    encode: (rows, known) => current.encode(rows, known),
    ...(current.expected === undefined ? {} : { expected: current.expected }),
    send: (step) => call((organization) => organization.send(step)),
    [Symbol.asyncDispose]: () => current[Symbol.asyncDispose](),
  };
};

const readOf = async (
  organization: OpenOrganization,
  memberships: Parameters<NonNullable<OpenOrganization["read"]>>[0],
): Promise<OrganizationState> => {
  if (organization.read === undefined) throw new Fault("internal.defect", { reason: "it could be read a moment ago" });
  return organization.read(memberships);
};
