/** Nothing leaks. */
import { expect, it } from "vitest";
import type { FaultRule } from "../../src/organizations/sandbox/sandbox.ts";
import { importPath, inviteRows, send, stageOf, type OrganizationHarness } from "./stage.ts";

export function describeSecrets(harness: OrganizationHarness): void {
  const { start } = stageOf(harness);
  it("no secret is in any log line, result or error, whatever the server says", async () => {
    const { open, sandbox, lines, settings } = await start();
    const seen: unknown[] = [];
    const tell = async (act: () => Promise<unknown>): Promise<void> => {
      seen.push(await act().catch((error: unknown) => error));
    };
    const organization = await open();
    const token = sandbox.issueToken();
    const echo = (status: number): FaultRule => ({
      path: importPath,
      at: 1,
      fault: {
        kind: "status",
        status,
        when: "before",
        body: JSON.stringify({ message: `bad ${settings.clientSecret} ${token}`, errors: null }),
      },
    });
    for (const status of [400, 401, 403, 404, 422, 500, 503]) {
      sandbox.control.faults.splice(0, 9, echo(status));
      await tell(() => send(organization, inviteRows(1, `s${status}`)));
    }
    sandbox.control.faults.splice(0, 9, { path: importPath, fault: { kind: "throttle", retryAfterSeconds: 9_999 } });
    await tell(() => send(organization, inviteRows(1)));
    sandbox.control.faults.splice(0, 9);
    await tell(() => organization.check());
    await tell(() => open({ clientSecret: `${settings.clientSecret}x` }));
    await tell(() => open({ clientId: settings.clientSecret }));
    sandbox.control.faults.push({
      path: "/connect/token",
      fault: {
        kind: "status",
        status: 400,
        when: "before",
        body: JSON.stringify({ error: "", message: `no ${settings.clientSecret}` }),
      },
    });
    await tell(() => open({}, { tokens: { get: () => Promise.resolve(undefined), set: () => Promise.resolve() } }));
    const texts = [
      ...lines,
      ...seen.map((one) => (one instanceof Error ? `${one.stack} ${JSON.stringify(one)}` : JSON.stringify(one))),
    ];
    expect(texts.length).toBeGreaterThan(10);
    for (const text of texts) {
      expect(text).not.toContain(settings.clientSecret);
      expect(text).not.toMatch(/eyJ[\w-]+\.[\w-]+/u);
    }
  });
}
