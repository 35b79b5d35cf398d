import { describe, expect, it } from "vitest";
import { describeFields } from "../src/config/describe.ts";
import { Config } from "../src/config/schema.ts";
import en from "./en.json" with { type: "json" };
import { fieldKey, fieldWords } from "./fields.ts";
import { createMessages } from "./messages.ts";
import nl from "./nl.json" with { type: "json" };

const fields = describeFields(Config);
const english = createMessages(en, "en");
const dutch = createMessages(nl, "nl");

const field = (path: string, kind?: string) => {
  const found = fields.find((one) => one.path === path && one.only?.is === kind);
  if (found === undefined) throw new Error(`no field ${path}`);
  return found;
};

describe("the words of a field", () => {
  it("given English, then title and description are the schema's own, and values have names", () => {
    expect(fieldWords(field("profiles.<name>.sync.leavers.gone"), english)).toEqual({
      title: "No longer in the directory",
      values: ["keep access", "revoke access", "remove"],
    });
  });

  it("given Dutch, then all of it is Dutch", () => {
    expect(fieldWords(field("profiles.<name>.sync.joiners"), dutch)).toEqual({
      title: "Nieuwe mensen",
      description: "stage maakt ze aan zonder uitnodiging, waar de server dat kan.",
      values: ["uitnodigen", "aanmaken, later uitnodigen"],
    });
  });

  it("given two kinds of directory with a field of one name, then each has words of its own", () => {
    expect(fieldWords(field("profiles.<name>.directory.url", "okta"), dutch).title).toBe("Okta-adres");
    expect(fieldWords(field("profiles.<name>.directory.url", "ldap"), dutch).title).toBe("Server");
  });

  it("given braces in a description, then they are shown as they are", () => {
    for (const messages of [english, dutch])
      expect(fieldWords(field("profiles.<name>.directory.url", "okta"), messages).description).toMatch(/\{\w+\}\.okta\.com/);
  });

  it("has keys that name the setting without the user's own names", () => {
    expect(["profiles.<name>.sync.users", "organizations.<name>.server", "network.proxy"].map((path) => fieldKey(field(path)))).toEqual([
      "sync.users",
      "organization.server",
      "network.proxy",
    ]);
  });
});
