import { describe, expect, it } from "vitest";
import { Config } from "../config/schema.ts";
import type { ConfigurationStore } from "../config/configuration.ts";
import { clockOf, onlyHereWhenAhead } from "./clock-ahead.ts";
import { systemClock } from "./clock.ts";

const environment = { DIRECTORY_CONNECTOR_CLOCK_AHEAD: "31m" };

describe("a clock that is ahead", () => {
  it("given nothing, or nothing but spaces, then it is the computer's clock", () => {
    expect(clockOf({})).toBe(systemClock);
    expect(clockOf({ DIRECTORY_CONNECTOR_CLOCK_AHEAD: " " })).toBe(systemClock);
  });

  it("given a length of time, then it is that much ahead", () => {
    const before = Date.now();
    const now = clockOf(environment).now();
    expect(now - 31 * 60_000).toBeGreaterThanOrEqual(before);
    expect(now - 31 * 60_000).toBeLessThanOrEqual(Date.now());
  });

  it.each(["31", "-5m", "1w", "soon", "1000000000d"])("given %s, which is none, then it is refused", (text) => {
    expect(() => clockOf({ DIRECTORY_CONNECTOR_CLOCK_AHEAD: text })).toThrow(
      expect.objectContaining({
        code: "clock.ahead",
        params: expect.objectContaining({ reason: "text", found: text }),
      }),
    );
  });
});

describe("the configuration while the clock is ahead", () => {
  const read = (organization: object, given: Readonly<Record<string, string>> = environment) => {
    const config = Config.parse({
      version: 1,
      organizations: { acme: { clientId: "organization.x", clientSecret: { env: "S" }, ...organization } },
    });
    const store: Partial<ConfigurationStore> = {
      read: async () => ({ config, broken: new Map(), ignored: [], revision: "1" }),
    };
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only `read` is asked for
    return onlyHereWhenAhead(store as ConfigurationStore, given).read();
  };

  it.each(["http://127.0.0.1:8080", "localhost:8080/vw", "http://[::1]:1/", "https://sandbox.localhost"])(
    "given an organization at %s, on this computer, then it is read",
    async (server) => {
      await expect(read({ server })).resolves.toHaveProperty("config");
    },
  );

  it.each([
    [{ server: "https://vault.bitwarden.eu" }, "https://vault.bitwarden.eu"],
    [{ server: "localhost.firm.test" }, "localhost.firm.test"],
    [{ server: "http://127.0.0.1", apiUrl: "https://api.bitwarden.com" }, "https://api.bitwarden.com"],
    [{ server: "http://127.0.0.1", identityUrl: "identity.bitwarden.com" }, "identity.bitwarden.com"],
    [{ server: "ht tp://" }, "ht tp://"],
  ])("given %j, which is elsewhere, then nothing goes on", async (organization, server) => {
    await expect(read(organization)).rejects.toMatchObject({
      code: "clock.ahead",
      params: { reason: "elsewhere", name: "acme", server },
    });
    await expect(read(organization, {})).resolves.toHaveProperty("config");
  });
});
