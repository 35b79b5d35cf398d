import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { record, unit, uuidOf } from "../servers/openldap/ldif.ts";
import { createAdLimits, type AdLimits } from "../servers/ad-limits.ts";
import { listen } from "../servers/socket-server.ts";
import { missingOpenLdap, startOpenLdap, type OpenLdap } from "../servers/openldap/openldap.ts";
import { builtExecutable, createPlace, type Ended, type Place } from "./built.ts";

const Server = z.object({ url: z.string(), clientId: z.string(), clientSecret: z.string() });
const missing = missingOpenLdap();

const person = (uid: string, name: string, more: Readonly<Record<string, string>> = {}): string =>
  record(`uid=${uid},ou=people,dc=firm,dc=test`, {
    objectClass: "inetOrgPerson",
    uid,
    cn: name,
    sn: name.split(" ").at(-1) ?? name,
    mail: `${uid}@firm.test`,
    entryUUID: uuidOf(uid),
    ...more,
  });
const group = (name: string, members: readonly string[]): string =>
  record(`cn=${name},ou=groups,dc=firm,dc=test`, {
    objectClass: "groupOfNames",
    cn: name,
    entryUUID: uuidOf(name),
    member: members,
  });
const firm = [
  unit("ou=people,dc=firm,dc=test"),
  unit("ou=groups,dc=firm,dc=test"),
  person("ana", "Ana Costa"),
  person("bo", "Bo Li"),
  person("jurgen", "Jürgen Groß", { mail: "Jürgen.Gross@firm.test" }),
  group("Sales", ["uid=ana,ou=people,dc=firm,dc=test", "UID=bo, OU=People,DC=firm,DC=test"]),
  group("Everybody", ["cn=Sales,ou=groups,dc=firm,dc=test", "uid=jurgen,ou=people,dc=firm,dc=test"]),
].join("");

describe.skipIf(missing !== undefined)(
  `the executable and a real OpenLDAP${missing === undefined ? "" : ` (${missing})`}`,
  () => {
    let place: Place;
    let ldap: OpenLdap;
    let sandbox: z.infer<typeof Server>;

    beforeAll(async () => {
      place = createPlace(builtExecutable());
      ldap = await startOpenLdap({ ldif: firm });
      const { stdout } = await place.start(["sandbox", "--json"], /\n/u);
      sandbox = Server.parse(JSON.parse(stdout.split("\n")[0] ?? ""));
      await place.run(["login", "--server", sandbox.url, "--client-id", sandbox.clientId, "--client-secret-stdin"], {
        input: sandbox.clientSecret,
      });
    }, 120_000);
    afterAll(async () => {
      await place.end();
      await ldap[Symbol.asyncDispose]();
    });

    interface Wrong {
      readonly url?: string;
      readonly base?: string;
      readonly password?: string;
      readonly ca?: string;
      readonly plain?: boolean;
    }

    /** Adds a profile of its own and checks it; what a beginner got wrong is in `wrong`. */
    const checkWith = async (name: string, { url, base, password, ca, plain = false }: Wrong): Promise<Ended> => {
      const authority = ca ?? ldap.authority.caFile;
      const settings = {
        url: url ?? (plain ? ldap.url : ldap.tlsUrl),
        "base-dn": base ?? ldap.suffix,
        "bind-dn": ldap.reader.dn,
        ...(authority === "" ? {} : { "ca-file": authority }),
      };
      const options = Object.entries(settings).flatMap(([option, value]) => [`--${option}`, value]);
      const added = await place.run(
        [
          "profile",
          "add",
          name,
          "--directory",
          "ldap",
          ...options,
          ...(plain ? ["--no-start-tls"] : []),
          "--password-stdin",
        ],
        { input: password ?? ldap.reader.password },
      );
      expect(added).toMatchObject({ code: 0 });
      return place.run(["check", "--profile", name]);
    };

    it("checks, plans, applies, and has nothing left to do", async () => {
      const check = await checkWith("main", {});
      expect(check.stdout).not.toContain("error");
      expect(check).toMatchObject({ code: 0 });
      expect(check.stdout).toContain("OpenLDAP");
      const plan = await place.run(["plan", "--profile", "main", "--out", "p.jsonl", "--detailed-exitcode"]);
      expect(plan).toMatchObject({ code: 2 });
      expect(plan.stdout).toContain("3 invitations");
      const applied = await place.run(["apply", "p.jsonl", "--profile", "main"]);
      expect(applied).toMatchObject({ code: 0 });
      expect((await place.run(["plan", "--profile", "main", "--detailed-exitcode"])).code).toBe(0);
      expect((await place.run(["sync", "--profile", "main"])).stdout).toContain("Nothing to do");
    });

    it.each([
      ["a wrong password", { password: "wrong" }, "directory.auth_failed", 5],
      ["a wrong base", { base: "dc=frim,dc=test" }, "directory.base_missing", 1],
      ["an unknown authority", { ca: "" }, "directory.tls", 6],
      ["nobody at the address", { url: "ldaps://127.0.0.1:1" }, "directory.unreachable", 6],
      ["a password without encryption", { plain: true }, "directory.plain_refused", 1],
    ] as const)("given %s, then it says what to do", async (_what, wrong, code, exit) => {
      const name = code.replace("directory.", "");
      const check = await checkWith(name, wrong);
      expect(check).toMatchObject({ code: exit });
      expect(check.stdout).toContain("  error ");
      const plan = await place.run(["plan", "--profile", name]);
      expect(plan).toMatchObject({ code: exit, stdout: "" });
      expect(plan.stderr).toContain(`error[${code}]`);
      expect(plan.stderr).toContain(`docs: errors.md#${code.replaceAll(/[._]/gu, "-")}`);
      expect(check.stdout + plan.stderr).not.toContain(ldap.reader.password);
    });

    /** A profile for whatever stands at this port, which has two seconds to answer. */
    const profileAt = async (name: string, port: number): Promise<void> => {
      const settings = { url: `ldap://127.0.0.1:${port}`, "base-dn": ldap.suffix, "bind-dn": ldap.reader.dn };
      const options = Object.entries(settings).flatMap(([option, value]) => [`--${option}`, value]);
      const added = await place.run(
        [
          "profile",
          "add",
          name,
          "--directory",
          "ldap",
          ...options,
          "--no-start-tls",
          "--allow-plain",
          "--password-stdin",
        ],
        { input: ldap.reader.password },
      );
      expect(added).toMatchObject({ code: 0 });
      await place.run(["config", "set", `profiles.${name}.directory.timeout`, "2"]);
    };
    const behindLimits = (limits: AdLimits) => (): Promise<{ readonly port: number } & AsyncDisposable> =>
      createAdLimits({ host: "127.0.0.1", port: ldap.port, encrypted: false }, limits);

    it.each<{
      what: string;
      start: () => Promise<{ readonly port: number } & AsyncDisposable>;
      code: string;
      exit: number;
    }>([
      { what: "says nothing", start: () => listen(() => undefined), code: "directory.unreachable", exit: 6 },
      { what: "hangs up", start: () => listen((socket) => socket.destroy()), code: "directory.unreachable", exit: 6 },
      {
        what: "says something else",
        start: () => listen((socket) => socket.write("HTTP/1.1 400 Bad Request\r\n\r\n")),
        code: "directory.bad_response",
        exit: 1,
      },
      {
        what: "ends in the middle of the people",
        start: behindLimits({ dropAfter: 2 }),
        code: "directory.unreachable",
        exit: 6,
      },
    ])(
      "given a server that $what, then check and plan say so within its time, and nobody is read",
      async ({ what, start, code, exit }) => {
        await using server = await start();
        const name = what.replaceAll(" ", "-");
        await profileAt(name, server.port);
        const check = await place.run(["check", "--profile", name]);
        const plan = await place.run(["plan", "--profile", name]);
        expect([check.code, plan.code, plan.stdout]).toEqual([exit, exit, ""]);
        expect(plan.stderr).toContain(`error[${code}]`);
        expect(check.stdout).toContain("  error ");
      },
    );

    it("given pages of two with an empty one in between, then everybody arrives", async () => {
      await using server = await behindLimits({ page: 2, emptyPageEvery: 2 })();
      await profileAt("limits", server.port);
      const check = await place.run(["check", "--profile", "limits"]);
      expect(check).toMatchObject({ code: 0 });
      const plan = await place.run(["plan", "--profile", "limits"]);
      expect(plan.stderr).toBe("");
      expect(plan.stdout).toMatch(/Read 3 people, 2 groups/u);
    });

    it("given a typing error in the user filter, then it shows the place and reads nobody", async () => {
      await place.run(["config", "set", "sync.userFilter", "(uid=ana", "--profile", "main"]);
      const plan = await place.run(["plan", "--profile", "main"]);
      expect(plan.code).toBe(1);
      expect(plan.stderr).toContain("error[filter.syntax]");
      await place.run(["config", "unset", "sync.userFilter", "--profile", "main"]);
    });

    it("given a password kept in a file, then that is what is read", async () => {
      const path = join(place.home, "ldap-password");
      writeFileSync(path, `${ldap.reader.password}\n`, { mode: 0o600 });
      await place.run(["config", "set", "directory.password", `file:${path}`, "--profile", "main"]);
      const check = await place.run(["check", "--profile", "main"]);
      expect(check).toMatchObject({ code: 0 });
    });
  },
);
