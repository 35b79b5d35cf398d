import { describe, expect, it } from "vitest";
import { parseFilter } from "../../directories/ldap/filter.ts";
import { isFault } from "../fault.ts";
import { readFilter } from "./read.ts";
import { repairFilter } from "./repair.ts";

const placeOf = async (work: () => unknown): Promise<number | undefined> => {
  try {
    work();
    return undefined;
  } catch (error) {
    if (!isFault(error, "filter.syntax")) throw error;
    return Number(error.params["column"]) - 1;
  }
};
const ofLdap = (text: string) =>
  repairFilter(text, "groups", (each) => placeOf(() => parseFilter(each, "groupFilter")));
const ofSets = (text: string, subject: "people" | "groups" = "people") =>
  repairFilter(text, subject, (each) =>
    placeOf(() => readFilter(each, { subject, setting: "userFilter", directory: "file" })),
  );

describe("a filter that cannot be read", () => {
  it.each([
    ["(|(cn=Kluis-*)(cn Engineering)(cn=Sales*))", "(|(cn=Kluis-*)(cn=Engineering)(cn=Sales*))"],
    ["(|(cn=a)(cn: b))", "(|(cn=a)(cn=b))"],
    ["(|(cn=a)(cn=b)", "(|(cn=a)(cn=b))"],
    ["(cn=a))", "(cn=a)"],
    ["(cn=a)(cn=b)", "(&(cn=a)(cn=b))"],
    ["(cn=Sales (north))", String.raw`(cn=Sales \28north\29)`],
    [String.raw`(cn=a\b)`, String.raw`(cn=a\5cb)`],
    ["(&&(cn=a)(cn=b))", "(&(cn=a)(cn=b))"],
    ["(|(cn a)(cn b))", "(|(cn=a)(cn=b))"],
  ])("given %s of an LDAP server, then %s was meant", async (text, meant) => {
    expect(await ofLdap(text)).toBe(meant);
  });

  it.each([
    ['include email:"*@firm.test', 'include email:"*@firm.test"'],
    ["include email:*@firm.test", 'include email:"*@firm.test"'],
    ['include email="*@firm.test"', 'include email:"*@firm.test"'],
    ['includ email:"a@firm.test"', 'include email:"a@firm.test"'],
    ['include emial:"a@firm.test"', 'include email:"a@firm.test"'],
    ["include email:“a@firm.test”", 'include email:"a@firm.test"'],
    ["*@firm.test", 'include email:"*@firm.test"'],
    ["include email=*@firm.test", 'include email:"*@firm.test"'],
  ])("given %s, then %s was meant", async (text, meant) => {
    expect(await ofSets(text)).toBe(meant);
  });

  it("given one that can be read, or one nobody can guess, then nothing is proposed", async () => {
    expect(await ofLdap("(cn=a)")).toBeUndefined();
    expect(await ofLdap("(((")).toBeUndefined();
    expect(await ofSets('include email:"a" email:"b" ::')).toBeUndefined();
  });
});
