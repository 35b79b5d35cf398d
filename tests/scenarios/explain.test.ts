/** Why? An admin asks about somebody and reads the answer: from a directory file, through the whole program. */
import { readFile, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createAppWorld, type AppWorld } from "../app-world.ts";
import { acceptedSync, command } from "./commands.ts";

let world: AppWorld;
afterEach(() => world[Symbol.asyncDispose]());

interface Someone {
  readonly id: string;
  readonly name?: string;
  readonly email?: string | undefined;
  readonly state?: string;
}
const someone = (id: string, more: Partial<Someone> = {}): Someone => ({
  id,
  name: `${id.slice(0, 1).toUpperCase()}${id.slice(1)} Vos`,
  email: `${id}@firm.test`,
  ...more,
});
const staff = ["ann", "bob", "cas", "dan", "gus", "hal", "ivy", "jim", "kay", "lou", "max", "ned", "oda", "pia"];
const firm = (people: readonly Someone[] = staff.map((id) => someone(id))) => ({
  users: [...people, someone("eva", { email: undefined }), someone("kim"), someone("kip", { email: "kim@firm.test" })],
  groups: [
    { id: "sales", name: "Sales", members: ["ann", "eva", "inner"] },
    { id: "inner", name: "Inner", members: ["bob"] },
    { id: "board", name: "Board", members: ["cas"] },
  ],
});
const without = (...ids: readonly string[]): Someone[] =>
  staff.filter((id) => !ids.includes(id)).map((id) => someone(id));

const run = (...argv: readonly string[]): Promise<string> => command(world, ...argv);
const explain = (who: string, ...more: readonly string[]): Promise<string> => run("explain", who, ...more);

beforeEach(async () => {
  world = await createAppWorld();
  await world.addProfile(firm());
});

describe("before anything was read", () => {
  it("says so, where the directory has them, and how to read it", async () => {
    const text = await explain("ann@firm.test");
    expect(text).toContain("Ann Vos: the directory has not been read for this profile yet.");
    expect(text).toContain("directory.json:users[0] (enabled), asked just now");
    expect(text).toContain("Remedy directory-connector plan reads the directory");
  });

  it("given nobody of that name, then that is what it says", async () => {
    expect(await explain("nobody@firm.test")).toContain("1: Nobody called nobody@firm.test is known here.");
  });
});

describe("after a sync", () => {
  beforeEach(async () => {
    await run("config", "set", "sync.userFilter", 'exclude name:"Pia *"');
    await run("config", "set", "sync.groupFilter", "exclude: Inner");
    await run("protect", "hal@firm.test");
    world.sandbox.byHand.addMember({ email: "guest@other.test", externalId: "theirs-1", name: "Guest" });
    await acceptedSync(world);
  });

  it("given somebody a filter leaves out, then the clause, and who wrote it, and when", async () => {
    const text = await explain("pia@firm.test");
    expect(text).toContain("Pia Vos does not take part.");
    expect(text).toContain('left out by the user filter, clause 1: name:"pia *"');
    expect(text).toMatch(/sync\.userFilter was changed by jan at \d+ \w+ \d+:\d+/u);
    expect(text).toContain("change the filter, or the entry");
  });

  it("given the filter was changed in the file, then that nobody is known to have done it, and since when", async () => {
    const { file } = world.configuration;
    await writeFile(file, (await readFile(file, "utf8")).replace("Pia *", "P*"));
    await run("plan");
    await run("plan");
    const text = await explain("pia@firm.test");
    expect(text).toMatch(/sync\.userFilter was changed in a file, .*; a run of jan noticed it at \d+ \w+/u);
    const noticed = await world.store.audits({ what: ["config.noticed"], limit: 10 });
    expect(noticed.map(({ detail }) => detail)).toEqual([
      'profiles.main.sync.userFilter: exclude name:"Pia *" → exclude name:"P*"',
    ]);
  });

  it("given settings are unset and protection ends through the program, then a run does not take it for a change past it", async () => {
    await run("config", "set", "sync.leavers.gone", "keep");
    await run("sync");
    await run("config", "unset", "sync.leavers.gone");
    await run("protect", "--remove", "hal@firm.test");
    await run("plan");
    expect(await world.store.audits({ what: ["config.noticed"], limit: 10 })).toEqual([]);
  });

  it("given no address, then that, what stays, and which groups they are not in for it", async () => {
    const text = await explain("eva");
    expect(text).toContain("Eva Vos is left out.");
    expect(text).toContain("Address none Left out no e-mail address");
    expect(text).toContain("not in Sales, since they do not take part: no e-mail address");
    expect(text).toContain("left out in every run since");
    expect(text).toContain("fill in the address in the directory");
  });

  it("given an address that somebody had and lost, then which one it was", async () => {
    await world.directory(firm([...without("ann"), someone("ann", { email: undefined })]));
    await run("sync");
    const text = await explain("Ann Vos");
    expect(text).toContain("Address none; it was ann@firm.test");
    expect(text).toContain("ann@firm.test is managed here, with access as we gave it");
    expect(text).toContain("was put into Sales");
  });

  it("given one address for two, then with whom", async () => {
    const text = await explain("kim@firm.test");
    expect(text).toContain("Kim Vos is left out.");
    expect(text).toContain("one address for 2: kim@firm.test Shared with Kip Vos (kip)");
    expect(text).toContain("give each of them an address of their own");
  });

  it("given a nested group outside the filter, then that its members count in the group around it", async () => {
    const group = await explain("Inner");
    expect(group).toContain("Inner does not take part.");
    expect(group).toContain('left out by the group filter, clause 1: name:"inner"');
    expect(group).toContain("its members count as members of Sales, which contain it");
    expect(group).toContain("sync.groupFilter was changed by jan");
    const member = await explain("bob@firm.test");
    expect(member).toContain("was put into Sales");
    expect(member).toContain("not in Inner, which does not take part: left out by the group filter");
  });

  it("given the question why not in one group, then the answer about that group alone", async () => {
    expect(await explain("bob@firm.test", "--in", "inner")).toContain("Groups not in Inner, which does not take part");
    expect(await explain("bob@firm.test", "--in", "Board")).toContain(
      "Groups not in Board: the directory does not have them in it",
    );
    expect(await explain("bob@firm.test", "--in", "Sales")).toContain(
      "Groups in Sales: the directory has them there through a group inside it",
    );
    expect(await explain("bob@firm.test", "--in", "Saels")).toContain("no group Saels was read; did you mean Sales?");
    await run("config", "set", "sync.nested", "false");
    expect(await explain("bob@firm.test", "--in", "Sales")).toContain(
      "still in Sales, where they are through a nested group only (sync.nested is off)",
    );
    expect(await explain("bob@firm.test", "--in", "Sales")).toContain("sync.nested was changed by jan");
  });

  it("given somebody protected is no longer there, then who protects them, and that they keep everything", async () => {
    await world.directory(firm(without("hal")));
    await run("sync");
    const text = await explain("hal@firm.test");
    expect(text).toContain("Hal Vos is protected and keeps everything.");
    expect(text).toContain("protect was changed by jan");
    expect(text).toContain("directory-connector protect --remove hal@firm.test");
  });

  it("given somebody missing once, then that it counts the second time, and since when", async () => {
    await world.directory(firm(without("ivy")));
    await run("sync");
    const text = await explain("ivy@firm.test");
    expect(text).toContain("Ivy Vos is waited for and keeps everything.");
    expect(text).toContain("counts when a second read does not find them either");
    expect(text).toContain("not found in the directory since");
  });

  it("given an address that now is somebody else's, then held back, by whom", async () => {
    const people = [
      ...without("ann", "bob"),
      someone("ann", { email: "bob@firm.test" }),
      someone("bob", { email: "b2@firm.test" }),
    ];
    await world.directory(firm(people));
    await run("sync");
    const text = await explain("Ann Vos");
    expect(text).toContain("Ann Vos is held back until somebody looks.");
    expect(text).toContain("bob@firm.test already belongs to");
    expect(text).toContain("decide who the address or id belongs to");
  });

  it("given a member whose id the directory does not know, then a stranger, and what makes them leavers", async () => {
    const text = await explain("guest@other.test");
    expect(text).toContain("is in the organization with an id that this directory does not know.");
    expect(text).toContain("adopt --gone");
  });

  it("given a slip of the hand, then whom it may have meant", async () => {
    const text = await explain("anm@firm.test");
    expect(text).toContain("1: Nobody called anm@firm.test is known here. Near did you mean ann@firm.test?");
  });

  it("given a hire the last read could not hold, then that the next one does", async () => {
    await world.directory(firm([...staff.map((id) => someone(id)), someone("zoe")]));
    const text = await explain("zoe@firm.test");
    expect(text).toContain("Zoe Vos is in the directory, and was not at the last read.");
    expect(text).toContain("directory-connector plan reads the directory again");
  });

  it("given the cache was cleared, then nobody is missing for that", async () => {
    await run("clear-cache");
    expect(await explain("ann@firm.test")).toContain("the directory has not been read for this profile yet");
  });

  it("given somebody revoked by us, then since when and why, and by hand, then that it stands", async () => {
    await world.directory(firm([...without("gus"), someone("gus", { state: "disabled" })]));
    await run("sync");
    const revoked = await explain("gus@firm.test");
    expect(revoked).toMatch(/managed here, revoked by us \d+ \w+ \d+:\d+ \(disabled in the directory\)/u);
    world.sandbox.byHand.revoke("jim@firm.test");
    await run("plan", "--full");
    const byHand = await explain("jim@firm.test");
    expect(byHand).toContain("Jim Vos was changed by hand in the organization; that stands.");
    expect(byHand).toContain("directory-connector restore jim@firm.test plans the way back");
  });
});
