import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import { disabledRules, type DisabledRule } from "./servers.ts";
import { firstOf, idBytes, spellId, stateOf } from "./values.ts";

const now = Date.parse("2026-11-24T12:00:00Z");
const state = (rules: readonly DisabledRule[] = [], value: string) =>
  stateOf(new Map([[rules[0]?.attribute.toLowerCase() ?? "", [value]]]), rules, now);

describe("an identifier", () => {
  it("given 16 bytes of objectGUID, then the first three groups are turned round", () => {
    const bytes = Buffer.from("33221100554477668899aabbccddeeff", "hex").toString("latin1");
    expect(spellId("objectguid", bytes)).toBe("00112233-4455-6677-8899-aabbccddeeff");
    expect(spellId("guid", bytes)).toBe("33221100-5544-7766-8899-aabbccddeeff");
    expect(spellId("objectguid", "short")).toBeUndefined();
  });

  it("given text, then its case does not count, and blanks are none", () => {
    expect(spellId("entryuuid", " 9DC02223-da42 ")).toBe("9dc02223-da42");
    expect(spellId("nsuniqueid", "B12F0685-e6dd11f1")).toBe("b12f0685-e6dd11f1");
    expect(spellId("entryuuid", "  ")).toBeUndefined();
  });

  it("given the bytes of a security identifier, then it is spelled as Windows does, and leads back to them", () => {
    const bytes = Buffer.from("010500000000000515000000a065cf7e784b9b5fe77c8770091c0100", "hex");
    const text = "S-1-5-21-2127521184-1604012920-1887927527-72713";
    expect(spellId("objectsid", bytes.toString("latin1"))).toBe(text);
    expect(idBytes("objectsid", text)).toEqual(bytes);
    expect(spellId("objectsid", "no such thing")).toBeUndefined();
    expect(idBytes("objectsid", "S-1-5-99999999999")).toBeUndefined();
  });

  it("given any bytes, then the text leads back to them", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        fc.constantFrom("objectguid", "guid"),
        (bytes, name) => {
          const text = spellId(name, Buffer.from(bytes).toString("latin1")) ?? "";
          expect(idBytes(name, text)).toEqual(Buffer.from(bytes));
        },
      ),
    );
    expect(idBytes("objectguid", "ana@firm.test")).toBeUndefined();
  });
});

describe("an account", () => {
  const filetime = (time: number): string => String((BigInt(time) + 11_644_473_600_000n) * 10_000n);
  it.each([
    ["userAccountControl", "512", "enabled"],
    ["userAccountControl", "514", "disabled"],
    ["userAccountControl", "66050", "disabled"],
    ["userAccountControl", "-2147483646", "disabled"],
    ["accountExpires", "0", "enabled"],
    ["accountExpires", "9223372036854775807", "enabled"],
    ["accountExpires", filetime(now - 1), "disabled"],
    ["accountExpires", filetime(now + 1000), "enabled"],
    ["nsAccountLock", "TRUE", "disabled"],
    ["nsAccountLock", "false", "enabled"],
    ["pwdAccountLockedTime", "000001010000Z", "disabled"],
    ["pwdAccountLockedTime", "00000101000000Z", "disabled"],
    ["pwdAccountLockedTime", "20261124080000Z", "enabled"],
    ["shadowExpire", "-1", "enabled"],
    ["shadowExpire", "0", "enabled"],
    ["shadowExpire", "1", "disabled"],
    ["shadowExpire", "20780", "disabled"],
    ["shadowExpire", "20781", "enabled"],
    ["loginDisabled", "True", "disabled"],
  ])("given %s: %s, then it is %s", (name, value, expected) => {
    expect(state(disabledRules[name.toLowerCase()], value).state).toBe(expected);
  });

  it("given an expiry to come, then it says when; the nearest of several counts", () => {
    const rules = [disabledRules["accountexpires"], disabledRules["shadowexpire"]].flatMap((rule) => rule ?? []);
    const values = new Map([
      ["accountexpires", [filetime(now + 5000)]],
      ["shadowexpire", ["20790"]],
    ]);
    expect(stateOf(values, rules, now)).toEqual({ state: "enabled", disabledFrom: now + 5000 });
    expect(stateOf(values, rules, now + 5000)).toEqual({ state: "disabled" });
  });

  it("given a value that is not understood, then it is enabled and the attribute is named", () => {
    expect(state(disabledRules["useraccountcontrol"], "abc")).toEqual({
      state: "enabled",
      unclear: "userAccountControl",
    });
    expect(state(disabledRules["accountexpires"], "1".repeat(40))).toEqual({
      state: "enabled",
      unclear: "accountExpires",
    });
  });
});

it("takes the first value that is more than blanks, of the first attribute that has one", () => {
  const values = new Map([
    ["a", [" ", ""]],
    ["b", ["", " x ", "y"]],
  ]);
  expect(firstOf(values, ["none", "a", "b"])).toBe(" x ");
  expect(firstOf(values, ["a"])).toBeUndefined();
});
