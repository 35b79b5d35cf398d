import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { PlanLine } from "../../src/core/plan-schema.ts";
import { TestReport } from "../../tools/docs/schemas.ts";
import about from "../../package.json" with { type: "json" };
import { builtExecutable, createPlace, type Place } from "./built.ts";

const Server = z.object({ url: z.string(), clientId: z.string(), clientSecret: z.string() });

/** What an administrator does first, with the program as it is shipped: one story, step after step. */
describe("a first synchronisation with the executable", () => {
  let place: Place;
  let server = { url: "", clientId: "", clientSecret: "" };
  const company = (): string => join(place.home, "company.ldif");
  const edit = (change: (text: string) => string): void =>
    writeFileSync(company(), change(readFileSync(company(), "utf8")));

  beforeAll(async () => {
    place = createPlace(builtExecutable());
    copyFileSync(resolve("samples/company.ldif"), company());
    const { stdout } = await place.start(["sandbox", "--json", "--latency", "300"], /\n/u);
    server = Server.parse(JSON.parse(stdout.split("\n")[0] ?? ""));
  }, 120_000);
  afterAll(() => place.end());

  it("says its version and nothing else", async () => {
    expect(await place.run(["--version"])).toEqual({ code: 0, stdout: `${about.version}\n`, stderr: "" });
  });

  it("given a person's own key, then it is refused before anything is stored", async () => {
    const login = await place.run(
      [
        "login",
        "--server",
        server.url,
        "--client-id",
        "user.4ee0d1ae-8f0c-4f5b-8a9d-3f0c7a1b2c3d",
        "--client-secret-stdin",
      ],
      { input: "x".repeat(30) },
    );
    expect(login.code).toBe(5);
    expect(login.stderr).toContain("error[organization.personal_key]");
    expect((await place.run(["config", "get", "organizations"])).stdout).not.toContain("4ee0d1ae");
  });

  it("given a wrong secret, then it says everything that can be the cause", async () => {
    const login = await place.run(
      ["login", "--server", server.url, "--client-id", server.clientId, "--client-secret-stdin"],
      { input: "x".repeat(30) },
    );
    expect(login.code).toBe(5);
    expect(login.stderr).toContain("error[organization.refused]");
    expect(login.stderr).toContain("wrong or renewed secret");
  });

  it("logs in with the organization's key", async () => {
    const login = await place.run(
      ["login", "--server", server.url, "--client-id", server.clientId, "--client-secret-stdin"],
      { input: server.clientSecret },
    );
    expect(login.stderr).toBe("");
    expect(login.code).toBe(0);
    expect(login.stdout).toContain("Logged in");
  });

  it("adds a profile for a file", async () => {
    const added = await place.run(["profile", "add", "main", "--directory", "file", "--path", company()]);
    expect(added.stderr).toBe("");
    expect(added.code).toBe(0);
  });

  it("checks both ends and changes nothing", async () => {
    const check = await place.run(["check"]);
    expect(check.stderr).toBe("Nothing was changed.\n");
    expect(check.code).toBe(0);
    expect(check.stdout).not.toContain("warn");
  });

  it("refuses to synchronise before somebody looked at the first plan", async () => {
    const sync = await place.run(["sync"]);
    expect(sync.code).toBe(4);
    expect(sync.stderr).toContain("error[guard.first]");
  });

  it("plans, and says so with its exit code", async () => {
    const plan = await place.run(["plan", "--out", "p.jsonl", "--detailed-exitcode"]);
    expect(plan.code).toBe(2);
    expect(plan.stdout).toContain("41 invitations");
    expect(plan.stdout).toContain("nothing sent yet");
  });

  it("applies exactly that plan, and then nothing is left to do", async () => {
    const applied = await place.run(["apply", "p.jsonl"]);
    expect(applied.stderr).toBe("");
    expect(applied.code).toBe(0);
    const again = await place.run(["plan", "--detailed-exitcode"]);
    expect(again.stdout).toContain("Nothing to do");
    expect(again.code).toBe(0);
  });

  it("refuses the same plan a second time", async () => {
    const again = await place.run(["apply", "p.jsonl"]);
    expect(again.code).toBe(1);
    expect(again.stderr).toContain("error[plan.overtaken]");
  });

  it("prints a plan as lines of JSON in its documented form, with nothing else in between", async () => {
    const { stdout } = await place.run(["plan", "--json"]);
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => PlanLine.parse(JSON.parse(line)));
    expect(lines[0]).toHaveProperty("plan");
    expect(lines.at(-1)).toHaveProperty("end");
  });

  it("prints a test as one object in its documented form", async () => {
    const { stdout } = await place.run(["test", "--json"]);
    const report = TestReport.parse(JSON.parse(stdout));
    expect(report.people).toHaveLength(48);
    expect(report.groups).toHaveLength(22);
    expect(report.plan[0]).toHaveProperty("plan");
  });

  it("prints a plan for a pull request, and one without names and addresses", async () => {
    expect((await place.run(["plan", "--markdown"])).stdout).toContain("|");
    const { stdout } = await place.run(["plan", "--json", "--redact"]);
    expect(stdout).not.toMatch(/firm\.test|Blom|Kanaalstraat/u);
    expect(stdout).toContain('"end"');
  });

  it("explains somebody who is left out", async () => {
    const explained = await place.run(["explain", "Eva Blom"]);
    expect(explained.code).toBe(0);
    expect(explained.stdout).toContain("left out in every run since");
    expect(explained.stdout).toContain("mail");
  });

  it("given two synchronisations at once, then one ends with 75 and says who is at work", async () => {
    edit(
      (text) =>
        `${text}\n\ndn: uid=newcomer,ou=people,dc=firm,dc=test\nobjectClass: inetOrgPerson\nuid: newcomer\ncn: New Comer\nsn: Comer\nmail: newcomer@firm.test\nentryUUID: 0b1e6a58-90cf-4f0a-9d55-2c2f8f4f0001\n`,
    );
    const both = await Promise.all([place.run(["sync"]), place.run(["sync"])]);
    const [first, second] = both.toSorted((left, right) => (left.code ?? 0) - (right.code ?? 0));
    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(first?.stdout).toContain("1 invited");
    expect(second?.code).toBe(75);
    expect(second?.stderr).toContain("error[lease.held]");
  });

  it("given a typing error in a filter, then it shows the place: where it is set, and where it stands in the file", async () => {
    const filter = "exclude alice@firm.test";
    const set = await place.run(["config", "set", "sync.userFilter", filter, "--profile", "main"]);
    expect(set.code).toBe(1);
    expect(set.stderr).toContain("error[filter.syntax]");
    expect((await place.run(["config", "get", "sync.userFilter", "--profile", "main"])).stdout).not.toContain("alice");
    const sync = await place.run(["sync"], { env: { DIRECTORY_CONNECTOR_PROFILES_MAIN_SYNC_USER_FILTER: filter } });
    expect(sync.code).toBe(1);
    expect(sync.stderr).toContain("error[filter.syntax]");
    expect(sync.stderr).toContain("column 9");
  });

  it("shows where each setting comes from: flag, environment, file or default", async () => {
    const { stdout } = await place.run(["config", "show", "--override", "guards.age=3", "--profile", "main"], {
      env: { DIRECTORY_CONNECTOR_PROFILES_MAIN_SYNC_NESTED: "false" },
    });
    expect(stdout).toMatch(/guards\.age +3 +flag/u);
    expect(stdout).toMatch(/sync\.nested +false +environment/u);
    expect(stdout).toMatch(/directory\.path +\S+ +file/u);
    expect(stdout).toMatch(/sync\.users +true +default/u);
  });

  it("given a typing error in the configuration, then it names line and column and leaves the file alone", async () => {
    const files = await place.run(["data-file", "--json"]);
    const { configFile: file } = z.object({ configFile: z.string() }).parse(JSON.parse(files.stdout));
    const broken = readFileSync(file, "utf8").replace('"path"', '"paht"');
    writeFileSync(file, broken);
    const plan = await place.run(["plan"]);
    expect(plan.code).toBe(1);
    expect(plan.stderr).toContain("error[config.invalid]");
    expect(plan.stderr).toMatch(/config\.json, line \d+, column \d+/u);
    expect(readFileSync(file, "utf8")).toBe(broken);
  });
});
