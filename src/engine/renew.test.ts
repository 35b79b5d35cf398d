import { describe, expect, it } from "vitest";
import { faultOf } from "../../tests/fault-of.ts";
import { Fault } from "../core/fault.ts";
import type { OpenOrganization, Step } from "../organizations/organization.ts";
import { openRenewing } from "./renew.ts";

const refused = (): Fault => new Fault("organization.refused", { server: "vault.test", region: "none" });
const step: Step = { kind: "revoke", rows: [0], member: { email: "ann@firm.test" } };

/** Organizations opened one after the other; each call of each asks `answer`. */
const opening = (answer: (opened: number, call: number) => void) => {
  let opened = 0;
  const closed: number[] = [];
  const open = async (): Promise<OpenOrganization> => {
    opened += 1;
    const mine = opened;
    let calls = 0;
    const ask = async <Result>(result: Result): Promise<Result> => {
      calls += 1;
      answer(mine, calls);
      return result;
    };
    const yes = "yes";
    return {
      probe: { dialect: "official-cloud", api: "", identity: "", vault: "https://vault.test", staging: false },
      organizationId: "id",
      abilities: {
        read: yes,
        revoke: yes,
        restore: yes,
        remove: yes,
        renameGroup: yes,
        removeGroup: yes,
        stage: yes,
        seats: yes,
      },
      check: () => ask([]),
      read: () => ask({ members: [], groups: [] }),
      encode: async function* () {},
      send: () => ask({ outcome: "done" }),
      [Symbol.asyncDispose]: async () => void closed.push(mine),
    };
  };
  return { open, closed, opened: () => opened };
};

describe("an organization whose key is refused in the middle of a run", () => {
  it("given it had worked before, then it is opened once more and asked again", async () => {
    const server = opening((opened, call) => {
      if (opened === 1 && call === 2) throw refused();
    });
    const organization = await openRenewing(server.open);
    await organization.read?.("all");
    expect(await organization.send(step)).toEqual({ outcome: "done" });
    expect(server.opened()).toBe(2);
    expect(server.closed).toEqual([1]);
    await organization[Symbol.asyncDispose]();
    expect(server.closed).toEqual([1, 2]);
  });

  it("given it never worked, or is refused again, then that stands", async () => {
    const never = opening(() => {
      throw refused();
    });
    expect((await faultOf((await openRenewing(never.open)).check())).code).toBe("organization.refused");
    expect(never.opened()).toBe(1);
    const again = opening((_opened, call) => {
      if (call > 1) throw refused();
    });
    const organization = await openRenewing(again.open);
    await organization.check();
    await organization.send(step);
    expect((await faultOf(organization.send(step))).code).toBe("organization.refused");
    expect(again.opened()).toBe(2);
  });

  it("given another fault, then it is passed on", async () => {
    const server = opening((_opened, call) => {
      if (call === 2) throw new Fault("organization.unreachable", { server: "vault.test", reason: "ECONNRESET" });
    });
    const organization = await openRenewing(server.open);
    await organization.check();
    expect((await faultOf(organization.send(step))).code).toBe("organization.unreachable");
    expect(server.opened()).toBe(1);
  });
});
