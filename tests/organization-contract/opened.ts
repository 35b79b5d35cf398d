/** A server with its client logged in, for one test at a time. */
import { afterEach, expect } from "vitest";
import type { OpenOrganization } from "../../src/organizations/organization.ts";
import { createOrganizationWorld, type OrganizationWorld } from "../organization-world.ts";

type Options = Parameters<typeof createOrganizationWorld>[0];

export interface Opened {
  readonly begin: (options: Options) => Promise<OrganizationWorld & { readonly organization: OpenOrganization }>;
  /** The server of this test. */
  readonly world: () => OrganizationWorld;
  /** Paths of this test's requests with that method, ids as `*`. */
  readonly paths: (method: string) => string[];
}

/** Whatever a test began is closed after it. */
export const openedPerTest = (): Opened => {
  let world: OrganizationWorld | undefined;
  const present = (): OrganizationWorld => {
    if (world === undefined) throw new Error("the test has not begun");
    return world;
  };
  afterEach(async () => {
    await world?.[Symbol.asyncDispose]();
    world = undefined;
  });
  return {
    begin: async (options) => {
      world = await createOrganizationWorld(options);
      return { ...world, organization: await world.open() };
    },
    world: present,
    paths: (method) =>
      present()
        .sandbox.requests.filter((request) => request.method === method)
        .map(({ path }) => path.replaceAll(/[\da-f-]{36}/gu, "*")),
  };
};

export const refusedAs = (code: string, ...messages: string[]): unknown =>
  expect.objectContaining({ outcome: "refused", code, messages });
