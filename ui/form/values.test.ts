import { describe, expect, it } from "vitest";
import { describeFields, type FieldDescription } from "../../src/config/describe.ts";
import { ProfileConfig } from "../../src/config/schema.ts";
import { defaultOf, isVisible, textOf, valueFrom } from "./values.ts";

const fields = describeFields(ProfileConfig);
const field = (path: string, kind?: string): FieldDescription => {
  const found = fields.find((each) => each.path === path && (kind === undefined || each.only?.is === kind));
  if (found === undefined) throw new Error(`no setting ${path}`);
  return found;
};
const anyOf = (type: FieldDescription["type"]): FieldDescription => {
  const found = fields.find((each) => each.type === type && !each.secret);
  if (found === undefined) throw new Error(`no setting is a ${type}`);
  return found;
};

describe("what is typed into a field of the settings", () => {
  it("given a list, then an entry is a line, or several on a line with commas between", () => {
    expect(valueFrom(field("protect"), "owner@firm.test, second@firm.test\n\n third@firm.test ")).toEqual([
      "owner@firm.test",
      "second@firm.test",
      "third@firm.test",
    ]);
  });

  it("given a list of DNs, then the commas belong to them", () => {
    expect(valueFrom(field("protect"), "OU=Staff, DC=firm, DC=test\nOU=Works, DC=firm, DC=test")).toEqual([
      "OU=Staff, DC=firm, DC=test",
      "OU=Works, DC=firm, DC=test",
    ]);
  });

  it("given nothing, then nothing is set, but what has to be there is empty, so that it is said", () => {
    expect(valueFrom(field("protect"), " \n")).toBeNull();
    expect(valueFrom(field("directory.url", "ldap"), " ")).toBe("");
  });

  it("given what is no number where one belongs, then it is kept as it was typed, for the engine to judge", () => {
    expect(valueFrom(anyOf("whole number"), "12")).toBe(12);
    expect(valueFrom(anyOf("whole number"), "many")).toBe("many");
  });

  it("given any setting's default, then its text stands for it again", () => {
    const withDefault = fields.filter((each) => each.type !== "list" && textOf(defaultOf(each)).trim() !== "");
    expect(withDefault.length).toBeGreaterThan(20);
    for (const each of withDefault)
      expect([each.path, valueFrom(each, textOf(defaultOf(each)))]).toEqual([each.path, defaultOf(each)]);
  });

  it("given a field that belongs to another one's value, then it is there with that value only", () => {
    const dependent = fields.filter(({ showIf }) => showIf !== undefined);
    expect(dependent.length).toBeGreaterThan(0);
    for (const each of dependent) {
      const sibling = [...each.keys.slice(0, -1), each.showIf?.field].join(".");
      const valueOf = (value: unknown) => (path: string) => (path === sibling ? value : undefined);
      expect(isVisible(each, valueOf(each.showIf?.is[0]))).toBe(true);
      expect(isVisible(each, valueOf("something else"))).toBe(false);
    }
  });
});
