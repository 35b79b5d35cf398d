/** The page is in the executable: no repository, no Node and no network is needed to open it. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { contract } from "../../src/rpc/contract.ts";
import { socketLink } from "../../src/rpc/links/socket.ts";
import { connect } from "../../src/rpc/peer.ts";
import { builtExecutable, createPlace, type Place } from "./built.ts";

let place: Place;
beforeAll(() => {
  place = createPlace(builtExecutable());
}, 240_000);
afterAll(() => place.end());

describe("serve of the executable", () => {
  it("shows the page with everything it asks for, answers it, and ends when it is told to", async () => {
    const { process: served, stdout } = await place.start(["serve", "--port", "0"], /\n/u);
    const link = new URL(stdout.trim());
    const entered = await fetch(link);
    const headers = { cookie: entered.headers.get("set-cookie")?.split(";")[0] ?? "" };
    const page = await (await fetch(link.origin, { headers })).text();
    const asked = [...page.matchAll(/(?:src|href)="\.\/([^"]+)"/gu)].map(([, path = ""]) => path);
    expect(asked.some((path) => path.endsWith(".js"))).toBe(true);
    expect(asked.some((path) => path.endsWith(".css"))).toBe(true);
    for (const path of asked) {
      const answer = await fetch(`${link.origin}/${path}`, { headers });
      expect([path, answer.status]).toEqual([path, 200]);
      expect((await answer.text()).length).toBeGreaterThan(0);
    }
    const socket = new WebSocket(`${link.origin.replace("http", "ws")}/engine`, {
      headers: { ...headers, origin: link.origin },
    });
    await new Promise((opened, failed) => socket.once("open", opened).once("error", failed));
    const client = connect(contract, socketLink(socket));
    expect(await client.call("app.info", {})).toMatchObject({ version: expect.stringMatching(/^\d/u) });
    await client.close();

    const ended = new Promise((done) => served.once("close", done));
    served.kill("SIGTERM");
    expect(await ended).toBe(0);
  });
});
