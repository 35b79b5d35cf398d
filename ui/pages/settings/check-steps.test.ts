import { describe, expect, it } from "vitest";
import { stepsOf, type Finding } from "./check-steps.ts";

const ok = (code: string, params = {}): Finding => ({ code, severity: "ok", params });
const error = (code: string, params = {}): Finding => ({ code, severity: "error", params });
const states = (kind: string, findings: readonly Finding[], running = false) =>
  stepsOf(kind, findings, running).steps.map(({ name, state }) => `${name} ${state}`);

const reached = ok("check.directory.reached", { host: "dc1", milliseconds: 4 });
const certificate = ok("check.directory.certificate");

describe("a connection that is checked step by step", () => {
  it("given nothing was asked yet, then every step waits; given it begins, then the first is being taken", () => {
    expect(states("ldap", [])).toEqual([
      "reach waiting",
      "certificate waiting",
      "log_in waiting",
      "people waiting",
      "groups waiting",
    ]);
    expect(states("ldap", [], true)[0]).toBe("reach running");
    expect(states("ldap", [reached, certificate], true).slice(1, 4)).toEqual([
      "certificate ok",
      "log_in running",
      "people waiting",
    ]);
  });

  it.each([
    ["nobody at the address", [error("directory.unreachable")], "reach failed"],
    ["a certificate that does not count", [error("directory.tls")], "certificate failed"],
    ["a wrong password", [reached, certificate, error("directory.auth_failed")], "log_in failed"],
    [
      "a base that is not there",
      [reached, certificate, ok("check.directory.logged_in"), error("directory.base_missing")],
      "people failed",
    ],
    [
      "groups that may not be read",
      [
        reached,
        certificate,
        ok("check.directory.logged_in"),
        ok("check.directory.people"),
        error("directory.forbidden", { what: "groups" }),
      ],
      "groups failed",
    ],
  ])("given %s, then the steps before it went well and those after it were not tried", (_name, findings, failed) => {
    const all = states("ldap", findings);
    const at = all.indexOf(failed);
    expect(at).toBeGreaterThanOrEqual(0);
    expect(all.slice(0, at).every((each) => each.endsWith(" ok"))).toBe(true);
    expect(all.slice(at + 1).every((each) => each.endsWith(" waiting"))).toBe(true);
  });

  it("given a cloud, then it has no certificate to show, and what belongs to no step is apart", () => {
    const findings = [
      reached,
      ok("check.directory.app"),
      ok("check.directory.readable", { what: "people" }),
      ok("check.directory.changes"),
    ];
    expect(states("entra", findings)).toEqual(["reach ok", "log_in ok", "people ok", "groups ok"]);
    expect(stepsOf("entra", findings, false).others.map(({ code }) => code)).toEqual(["check.directory.changes"]);
  });

  it("given something to look at, then the step says so", () => {
    expect(states("ldap", [reached, { code: "check.directory.plain", severity: "warning", params: {} }])[1]).toBe(
      "certificate warning",
    );
  });
});
