/** What is carried out when the process that does it is killed. */
import type { Sandbox } from "../../src/organizations/sandbox/sandbox.ts";
import { disabled, group, many, person, type DirectoryContent } from "../scenarios/directory.ts";
import type { Task } from "./talk.ts";

/** One of them, as far as it needs telling: everything up to the run that is killed, and that run. */
export interface Tale {
  readonly name: string;
  /** What the run does that is killed. */
  readonly what: Task;
  /** What goes on first after it: an unattended run, or whoever gave the command gives it again. */
  readonly next: Task;
  readonly directory: DirectoryContent;
  /** Not on a server that cannot be read. */
  readonly reads?: true;
  /** Brings the organization and the record to where the tale begins; hours count from its beginning. */
  begin(
    step: (what: Task, directory: DirectoryContent, hours: number) => Promise<void>,
    sandbox: Sandbox,
  ): Promise<void>;
}

const before: DirectoryContent = {
  people: many(12),
  groups: [group("sales", "p1", "p2", "p3"), group("it", "p4"), group("old", "p5", "p6"), group("all", "p7", "p12")],
};
/** `p12` is gone: whoever was missing once is removed the second time. */
const missing: DirectoryContent = { people: many(11), groups: before.groups };
/** An invitation, a stamp, a revocation, a removal, a new name, a new address of somebody only invited, memberships. */
const after: DirectoryContent = {
  people: [disabled("p1"), "p2", person("p3", { email: "three@firm.test" }), ...many(11).slice(3), "p13", "known"],
  groups: [
    { id: "sales", name: "Sales", members: ["p2", "p3", "p5", "p13"] },
    group("it", "p4", "known"),
    group("old", "p6"),
    group("all", "p7", "p8"),
  ],
};

/** Nobody is managed yet; some are in the organization already, and so is a group. Somebody looked at the first plan. */
const first: Pick<Tale, "directory" | "begin"> = {
  directory: before,
  begin: async (step, { byHand }) => {
    byHand.addMember({ email: "p1@firm.test" });
    byHand.addMember({ email: "p2@firm.test", externalId: "p2" });
    byHand.addMember({ email: "stranger@firm.test", externalId: "stranger" });
    byHand.addGroup({ name: "it", externalId: "it", members: ["p2@firm.test"] });
    await step("plan", before, 1);
  },
};

export const tales = [
  {
    name: "an ordinary sync",
    what: "sync",
    next: "sync",
    directory: after,
    begin: async (step, { byHand }) => {
      await step("accept", before, 0);
      for (const who of many(12).filter((one) => one !== "p3")) {
        byHand.accept(`${who}@firm.test`);
        byHand.confirm(`${who}@firm.test`);
      }
      byHand.addMember({ email: "known@firm.test" });
      await step("sync", missing, 1);
    },
  },
  { ...first, name: "a first plan accepted by its digest", what: "accept", next: "sync" },
  { ...first, name: "a first plan from its file", what: "apply", next: "sync", reads: true },
  { ...first, name: "a first plan from its file, applied again", what: "apply", next: "apply", reads: true },
] as const satisfies readonly Tale[];
