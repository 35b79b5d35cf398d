import { describe, expect, it } from "vitest";
import { externalIdProblem, groupNameProblem, readAddress } from "./normalise.ts";

const long = (length: number): string => "a".repeat(length);

describe("an address", () => {
  it("is trimmed and put in lower case", () => {
    expect(readAddress("  Jürgen.Groß@Firm.TEST \n", "any")).toEqual({ address: "jürgen.groß@firm.test" });
  });

  it.each([
    "a@b",
    '"q q"@x.test',
    "ü@x.test",
    "a@ü.test",
    "a@x_y.test",
    "o'neil@x.test",
    "a+b@x.test",
    "a@xn--4ca.test",
  ])("%j is one that every server takes", (text) => {
    expect(readAddress(text, "any")).toEqual({ address: text });
  });

  it.each([
    ["", "blank"],
    ["  ", "blank"],
    ["nobody", "at"],
    ["@x.test", "at"],
    ["a@", "at"],
    ["a@b@x.test", "at"],
    ["a\n@x.test", "control"],
    [`${long(250)}@x.test`, "long"],
    ["İ@x.test", "case"],
  ])("%j is refused by every server: %s", (text, problem) => {
    expect(readAddress(text, "official")).toEqual({ problem });
    expect(readAddress(text, "any")).toEqual({ problem });
  });

  it.each([
    ["a b@x.test", "space"],
    ["a@x y.test", "space"],
    [".a@x.test", "dots"],
    ["a..b@x.test", "dots"],
    ["a@x..test", "domain"],
    ["a@x.test.", "domain"],
    ["a@-x.test", "domain"],
    ["a@192.0.2.1", "ip"],
    ["a@[192.0.2.1]", "ip"],
    ["a@[ipv6:2001:db8::1]", "ip"],
    [`${long(65)}@x.test`, "local_long"],
    [`a@${long(64)}.test`, "domain"],
  ])("%j is refused by one kind of server only: %s", (text, problem) => {
    expect(readAddress(text, "official")).toEqual({ address: text });
    expect(readAddress(text, "any")).toEqual({ problem });
  });

  it("may have 256 characters and no more, 64 before the @ and no more", () => {
    const domain = [long(63), long(63), long(61)].join(".");
    expect(readAddress(`${long(64)}@${domain}.t`, "any")).toEqual({ address: `${long(64)}@${domain}.t` });
    expect(readAddress(`${long(254)}@t`, "official")).toEqual({ address: `${long(254)}@t` });
    expect(readAddress(`${long(255)}@t`, "official")).toEqual({ problem: "long" });
  });
});

describe("an external id and a group name", () => {
  it.each([
    ["", "none"],
    [" \t", "none"],
    [long(300), undefined],
    [long(301), "long"],
  ])("external id of that length: %#", (text, expected) => {
    expect(externalIdProblem(text)).toBe(expected);
  });

  it.each([
    [" ", "none"],
    [long(100), undefined],
    [long(101), "long"],
  ])("group name of that length: %#", (text, expected) => {
    expect(groupNameProblem(text)).toBe(expected);
  });
});
