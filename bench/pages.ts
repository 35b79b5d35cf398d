/**
 * `npm run bench -- pages [people]`: a plan of 100,000 people in the page, in Chromium, with the built executable behind it: how
 * long until it is there, how evenly it scrolls, how long a search takes, and what the engine takes of the memory
 * meanwhile. Prints Markdown tables.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { sharedBrowser, whyNoBrowser } from "../tests/e2e/browser.ts";
import { builtExecutable, createPlace } from "../tests/executable/built.ts";

const people = Number(process.argv[2] ?? 100_000);
const why = whyNoBrowser();
if (why !== undefined) throw new Error(why);

const place = createPlace(builtExecutable());
try {
  const run = await plan();
  const { process: engine, stdout } = await place.start(["serve", "--json", "--port", "0"], /\n/u);
  const { link } = z.object({ link: z.string() }).parse(JSON.parse(stdout.split("\n")[0] ?? ""));
  const memory = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, "mu").exec(readFileSync(`/proc/${engine.pid}/status`, "utf8"))?.[1]) /
    1024;
  const atRest = memory("VmRSS");
  const took = await look(link, run);
  console.log(`${people} people to be invited\n`);
  console.log("| in the page | ms |\n|---|--:|");
  for (const [what, milliseconds] of took) console.log(`| ${what} | ${milliseconds.toFixed(0)} |`);
  console.log("\n| the engine | MB |\n|---|--:|");
  console.log(`| at rest | ${atRest.toFixed(0)} |\n| at most | ${memory("VmHWM").toFixed(0)} |`);
} finally {
  await place.end();
}

/** An organization, a directory of so many, and their first plan; gives its number. */
async function plan(): Promise<number> {
  const { stdout } = await place.start(["sandbox", "--json"], /\n/u);
  const Server = z.object({ url: z.string(), clientId: z.string(), clientSecret: z.string() });
  const { url, clientId, clientSecret } = Server.parse(JSON.parse(stdout.split("\n")[0] ?? ""));
  const file = join(place.home, "people.json");
  const users = Array.from({ length: people }, (_, at) => ({
    id: `p${at}`,
    email: `person.${at}@firm.test`,
    name: `Person ${String(at).padStart(6, "0")}`,
  }));
  writeFileSync(file, JSON.stringify({ users, groups: [] }));
  await good(["login", "--server", url, "--client-id", clientId, "--client-secret-stdin"], clientSecret);
  await good(["profile", "add", "main", "--directory", "file", "--path", file]);
  await good(["plan"]);
  return 1;
}

async function good(argv: readonly string[], input = ""): Promise<void> {
  const { code, stderr } = await place.run(argv, { input });
  if (code !== 0) throw new Error(`${argv.join(" ")} ended with ${code}: ${stderr}`);
}

/** As somebody goes through it: opened, scrolled by the wheel, to its end, searched. */
async function look(link: string, run: number): Promise<[string, number][]> {
  await using browser = await sharedBrowser();
  const page = await (await browser.newContext({ viewport: { width: 960, height: 680 }, locale: "en-GB" })).newPage();
  const since = async (work: () => Promise<unknown>): Promise<number> => {
    const started = performance.now();
    await work();
    return performance.now() - started;
  };
  await page.goto(link);
  await page.waitForURL(/\/$/u);
  await page.getByRole("navigation").waitFor();
  const row = (at: number) => page.getByRole("row", { name: `Person ${String(at).padStart(6, "0")}` }).first();
  const opened = await since(async () => {
    await page.evaluate(`location.hash = "/plan/${run}"`);
    await row(0).waitFor();
  });
  await page.getByRole("grid").hover();
  await page.evaluate(`{
    window.frames = [];
    let before = performance.now();
    const tick = (now) => { window.frames.push(now - before); before = now; requestAnimationFrame(tick); };
    requestAnimationFrame(tick);
  }`);
  for (let step = 0; step < 300; step += 1) await page.mouse.wheel(0, 2_000);
  const frames = z.array(z.number()).parse(await page.evaluate("window.frames.slice(1)"));
  const sorted = frames.toSorted((left, right) => left - right);
  const end = await since(async () => {
    await page.getByRole("grid").focus();
    await page.keyboard.press("End");
    await row(people - 1).waitFor();
  });
  const found = Math.floor(people * 0.77);
  const searched = await since(async () => {
    await page.keyboard.press("/");
    await page.keyboard.type(`person ${String(found).padStart(6, "0")}`);
    await row(found).waitFor();
    await row(people - 1).waitFor({ state: "detached" });
  });
  return [
    ["until the first of them is there", opened],
    [`a frame while it scrolls, median of ${frames.length}`, sorted[frames.length >> 1] ?? 0],
    ["a frame, one of a hundred takes longer", sorted[Math.floor(frames.length * 0.99)] ?? 0],
    ["the longest frame", sorted.at(-1) ?? 0],
    ["to the last one", end],
    ["a search for one, typing included", searched],
  ];
}
