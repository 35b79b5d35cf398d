/** Product §2 and §9 from a real file: LDIF as a server exports it, read by the reader that ships, changed between runs. */
import { writeFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { fileDirectory } from "../../src/directories/file/index.ts";
import { createWorld as createDirectoryWorld } from "../directory-world.ts";
import { createWorld, hours, type World } from "./world.ts";

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

const uuid = (id: string): string => `00000000-0000-4000-8000-${Buffer.from(id.padEnd(6, "-")).toString("hex")}`;
const someone = (id: string, ...more: readonly string[]): string =>
  [
    `dn: uid=${id},ou=people,dc=firm,dc=test`,
    "objectClass: inetOrgPerson",
    `uid: ${id}`,
    `cn: ${id}`,
    `sn: ${id}`,
    `entryUUID: ${uuid(id)}`,
    ...more,
  ].join("\n");
const person = (id: string): string => someone(id, `mail: ${id}@firm.test`);
const group = (id: string, ...members: readonly string[]): string =>
  [
    `dn: cn=${id},ou=groups,dc=firm,dc=test`,
    "objectClass: groupOfNames",
    `cn: ${id}`,
    `entryUUID: ${uuid(id)}`,
    ...members.map((member) => `member: ${member}`),
  ].join("\n");
const dn = (id: string): string => `uid=${id},ou=people,dc=firm,dc=test`;
const groupDn = (id: string): string => `cn=${id},ou=groups,dc=firm,dc=test`;

const begin = async (): Promise<{ world: World; write: (...entries: readonly string[]) => Promise<void> }> => {
  const folder = await mkdtemp(join(tmpdir(), "scenario-file-"));
  folders.push(folder);
  const path = join(folder, "firm.ldif");
  const world = await createWorld({ seats: null });
  const openDirectory = () => fileDirectory.open({ kind: "file", path }, createDirectoryWorld().dependencies);
  Object.assign(world.engine, { openDirectory });
  return { world, write: (...entries) => writeFile(path, `version: 1\n\n${entries.join("\n\n")}\n`) };
};

it("given people, nested groups with a cycle and somebody without an address, then all of it goes, and then nothing is left to do", async () => {
  const { world, write } = await begin();
  await write(
    ...["ann", "bob", "cas"].map(person),
    someone("noa"),
    group("all", groupDn("sales"), dn("cas")),
    group("sales", dn("ann"), dn("noa"), groupDn("all")),
  );
  const run = await world.review();
  expect(run.notes).toContain("left_out.no_address noa");
  const of = (id: string, ...emails: string[]) =>
    `${id}/${uuid(id)}{${emails.map((one) => `${one}@firm.test`).join(",")}}`;
  expect(world.groups()).toEqual([of("all", "ann", "cas"), of("sales", "ann", "cas")]);
  expect(world.members()).toEqual(["ann", "bob", "cas"].map((id) => `${id}@firm.test/${uuid(id)}/invited`));
  world.pass(hours);
  world.requests();
  expect(await world.sync()).toMatchObject({ outcome: "unchanged" });
  expect(world.requests()).toEqual([]);
});

it("given an entry moves to another place, then its id tells who it is, and they stay, in their groups", async () => {
  const { world, write } = await begin();
  await write(person("ann"), person("bob"), group("sales", dn("ann"), dn("bob")));
  await world.review();
  const moved = dn("bob").replace("ou=people", "ou=board");
  await write(person("ann"), person("bob").replace("ou=people", "ou=board"), group("sales", dn("ann"), moved));
  world.pass(hours);
  expect(await world.sync()).toMatchObject({ outcome: "unchanged", kept: [] });
});

it("given the file is empty for a while, then nobody is taken away, and all is well when it is back", async () => {
  const { world, write } = await begin();
  const people = Array.from({ length: 20 }, (_item, index) => person(`p${index}`));
  await write(...people);
  await world.review();
  await write();
  for (let run = 0; run < 3; run += 1) {
    world.pass(hours);
    expect((await world.sync()).states.filter((state) => state.startsWith("done"))).toEqual([]);
  }
  await write(...people);
  world.pass(hours);
  expect(await world.sync()).toMatchObject({ outcome: "unchanged", kept: [] });
  expect(world.members()).toHaveLength(20);
});

describe("a directory that leaves members of groups under their old names", () => {
  const staff = Array.from({ length: 10 }, (_item, index) => `p${index}`);
  const works = staff.slice(0, 5);
  const old = [group("all", ...staff.map(dn)), group("both", groupDn("all"))];
  const inWorkshop = (id: string): string => person(id).replace("ou=people", "ou=workshop");
  const moved = staff.map((id) => (works.includes(id) ? inWorkshop(id) : person(id)));

  it("given half of them move, then nobody loses a group, in run after run, and the groups are named", async () => {
    const { world, write } = await begin();
    await write(...staff.map(person), ...old);
    await world.review();
    const before = world.groups();
    await write(...moved, ...old);
    for (let run = 0; run < 3; run += 1) {
      world.pass(hours);
      const told = await world.sync();
      expect(told).toMatchObject({ outcome: "unchanged", kept: [] });
      expect(told.notes).toContain("group.earlier_names all");
    }
    await write(
      ...moved,
      group("all", ...staff.map((id) => (works.includes(id) ? dn(id).replace("people", "workshop") : dn(id)))),
      group("both", groupDn("all")),
    );
    world.pass(hours);
    const mended = await world.sync();
    expect(mended).toMatchObject({ outcome: "unchanged" });
    expect(mended.notes).toEqual([]);
    expect(world.groups()).toEqual(before);
  });

  it("given the group inside another one is renamed, then its people stay in the outer one", async () => {
    const { world, write } = await begin();
    await write(...staff.map(person), ...old);
    await world.review();
    const before = world.groups();
    await write(
      ...staff.map(person),
      group("all", ...staff.map(dn)).replace("cn=all,ou=groups", "cn=all,ou=teams"),
      group("both", groupDn("all")),
    );
    world.pass(hours);
    expect(await world.sync()).toMatchObject({ outcome: "unchanged" });
    expect(world.groups()).toEqual(before);
  });

  it("given the cache is cleared between the rename and the next run, or after it, then nobody loses a group", async () => {
    const { world, write } = await begin();
    await write(...staff.map(person), ...old);
    await world.review();
    const before = world.groups();
    await write(...moved, ...old);
    for (let run = 0; run < 2; run += 1) {
      await world.engine.store.clearCache((await world.profile()).key);
      world.pass(hours);
      expect(await world.sync()).toMatchObject({ outcome: "unchanged", kept: [] });
      expect(world.groups()).toEqual(before);
    }
  });

  it("given a read that shows neither the people nor the groups comes between, then nobody loses a group", async () => {
    const { world, write } = await begin();
    await write(...staff.map(person), ...old);
    await world.review();
    const before = world.groups();
    await write(...staff.slice(5).map(person));
    world.pass(hours);
    await world.sync();
    await write(...moved, ...old);
    world.pass(hours);
    expect(await world.sync()).toMatchObject({ outcome: "unchanged", kept: [] });
    expect(world.groups()).toEqual(before);
  });

  it("given one of them is deleted and still named, then the name keeps nobody: their access ends", async () => {
    const { world, write } = await begin();
    await write(...staff.map(person), ...old);
    await world.review();
    await write(...staff.slice(1).map(person), ...old);
    for (let run = 0; run < 2; run += 1) {
      world.pass(hours);
      await world.sync();
    }
    expect(world.members().filter((line) => line.endsWith("/revoked"))).toHaveLength(1);
  });
});
