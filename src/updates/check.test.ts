import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { faultOf } from "../../tests/fault-of.ts";
import { systemClock } from "../main/clock.ts";
import { createNetwork } from "../http/network.ts";
import { createHttp } from "../http/request.ts";
import { serve } from "../http/testing.ts";
import { checkForUpdates, isNewer, type UpdateFacts, type Updates } from "./check.ts";

/** Signed by the program that signs releases (`tools/package/publish.ts`), with a key made for this test. */
describe("a check for updates", () => {
  const folder = mkdtempSync(join(tmpdir(), "directory-connector-updates-"));
  let key = "";
  const files = new Map<string, string>();
  const tauri = (...args: string[]): void => {
    const ran = spawnSync(process.execPath, ["node_modules/@tauri-apps/cli/tauri.js", "signer", ...args], {
      encoding: "utf8",
    });
    if (ran.status !== 0) throw new Error(ran.stdout + ran.stderr);
  };
  const publish = (name: string, text: string): void => {
    const file = join(folder, name);
    writeFileSync(file, text);
    tauri("sign", "-f", join(folder, "key"), "-p", "", file);
    files.set(`/${name}`, text);
    files.set(`/${name}.minisig`, Buffer.from(readFileSync(`${file}.sig`, "utf8"), "base64").toString());
  };

  beforeAll(() => {
    tauri("generate", "--ci", "-p", "", "-w", join(folder, "key"));
    key = readFileSync(join(folder, "key.pub"), "utf8");
    publish("latest.json", JSON.stringify(release));
    publish("odd.json", JSON.stringify({ ...release, version: "soon" }));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const check = async (name: string, facts: Partial<UpdateFacts> = {}): Promise<Updates> => {
    await using server = await serve((response, { url = "" }) => {
      if (url.startsWith("/elsewhere")) response.writeHead(302, { location: url.slice("/elsewhere".length) }).end();
      else if (url.startsWith("/round")) response.writeHead(302, { location: url }).end();
      else response.writeHead(files.has(url) ? 200 : 404).end(files.get(url));
    });
    await using network = await createNetwork({ env: {} });
    const http = createHttp({ network, clock: systemClock, random: () => 0 });
    const { signal } = new AbortController();
    return await checkForUpdates({
      feed: `${server.url}/${name}`,
      key,
      kind: "personal",
      version: "1.2.0",
      http,
      signal,
      ...facts,
    });
  };

  it("given a newer version in a signed feed, then it is told with everything to get it", async () => {
    expect(await check("latest.json")).toEqual({ state: "newer", current: "1.2.0", ...release });
  });

  it("given the key as minisign prints it, then it is the same key", async () => {
    const lines = Buffer.from(key, "base64").toString().trim();
    expect(await check("latest.json", { key: lines })).toMatchObject({ state: "newer" });
    expect(await check("latest.json", { key: lines.split("\n")[1] ?? "" })).toMatchObject({ state: "newer" });
  });

  it("given this version or a later one, then nothing is newer", async () => {
    expect(await check("latest.json", { version: "1.3.0" })).toEqual({ state: "current", version: "1.3.0" });
    expect(await check("latest.json", { version: "2.0.0" })).toEqual({ state: "current", version: "2.0.0" });
  });

  it("given a publisher that leads to a storage, then it is followed", async () => {
    expect(await check("elsewhere/latest.json")).toMatchObject({ state: "newer" });
  });

  it.each([
    ["one byte changed", () => files.set("/latest.json", JSON.stringify({ ...release, version: "1.3.1" }))],
    ["the signature of another file", () => files.set("/latest.json.minisig", files.get("/odd.json.minisig") ?? "")],
    [
      "a trusted comment changed",
      () => files.set("/latest.json.minisig", (files.get("/latest.json.minisig") ?? "").replace(/file:/u, "file:x")),
    ],
    ["no signature but a page", () => files.set("/latest.json.minisig", "<html></html>")],
    ["another key", () => files.set("/latest.json.minisig", otherSignature)],
  ])("given %s, then the feed does not count", async (_what, change) => {
    const before = new Map(files);
    change();
    expect(await faultOf(check("latest.json"))).toMatchObject({ code: "update.unsigned" });
    for (const [name, text] of before) files.set(name, text);
  });

  it("given a feed that cannot be read, then it says why", async () => {
    expect(await faultOf(check("nothing.json"))).toMatchObject({
      code: "update.unreachable",
      params: { reason: "HTTP 404" },
    });
    expect(await faultOf(check("round"))).toMatchObject({
      code: "update.unreachable",
      params: { reason: "redirects" },
    });
    expect(await faultOf(check("x", { feed: "http://127.0.0.1:1/x" }))).toMatchObject({
      code: "update.unreachable",
      params: { reason: "refused" },
    });
  });

  it("given a signed feed of another form, then it is told as that", async () => {
    expect(await faultOf(check("odd.json"))).toMatchObject({ code: "update.bad_feed" });
  });

  it("given a key that is none, then nothing is asked", async () => {
    expect(await faultOf(check("x", { key: "RWQ", feed: "http://127.0.0.1:1/x" }))).toMatchObject({
      code: "update.key",
    });
  });

  it("given a copy that travels, one that others look after, or nothing configured, then nobody is asked", async () => {
    const facts = { feed: "http://127.0.0.1:1/x" };
    expect(await check("x", { ...facts, kind: "portable" })).toEqual({ state: "off", because: "portable" });
    expect(await check("x", { ...facts, kind: "machine" })).toEqual({ state: "off", because: "managed" });
    expect(await check("x", { ...facts, key: undefined })).toEqual({ state: "off", because: "not_configured" });
  });
});

describe("versions", () => {
  it.each([
    ["1.10.0", "1.9.9", true],
    ["1.2.0", "1.2.0", false],
    ["1.2.0", "1.2.0-beta", true],
    ["1.2.0-beta", "1.2.0", false],
    ["0.9.0", "1.0.0", false],
  ])("given %s and %s, then newer is %s", (version, than, newer) => {
    expect(isNewer(version, than)).toBe(newer);
  });
});

const release = {
  version: "1.3.0",
  published: "2026-11-25T10:00:00.000Z",
  notes: "https://releases.test/CHANGELOG.md",
  files: [{ name: "d.AppImage", url: "https://releases.test/d.AppImage", sha256: "a".repeat(64) }],
};

/** The signature in minisign's own manual, of a key that is not ours. */
const otherSignature = `untrusted comment: signature from minisign secret key
RUQf6LRCGA9i559r3g7V1qNyJDApGip8MfqcadIgT9CuhV3EMhHoN1mGTkUidF/z7SrlQgXdy8ofjb7bNJJylDOocrCo8KLzZwo=
trusted comment: timestamp:1633700835	file:test	prehashed
wLMDjy9FLAuxZ3q4NlEvkgtyhrr0gtTu6KC4KBJdITbbOeAi1zBIYo0v4iTgt8jJpIidRJnp94ABQkJAgAooBQ==
`;
