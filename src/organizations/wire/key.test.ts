import { describe, expect, it } from "vitest";
import { isFault } from "../../core/fault.ts";
import { readKey } from "./key.ts";

const guid = "0a1b2c3d-4e5f-4a6b-8c7d-9e8f7a6b5c4d";
const secret = "AbCdEfGhIjKlMnOpQrStUvWxYz0123";
const good = { clientId: `organization.${guid}`, clientSecret: secret, organizationId: guid };

describe("an API key", () => {
  it.each([
    ["as it is", `organization.${guid}`, secret],
    ["with spaces around", ` organization.${guid}\n`, ` ${secret} `],
    ["in quotes", `"organization.${guid}"`, `'${secret}'`],
    ["in upper case", `ORGANIZATION.${guid.toUpperCase()}`, secret],
    ["both in the first field, by lines", `organization.${guid}\n${secret}`, ""],
    [
      "both in the first field, with labels",
      `client_id: organization.${guid}\nclient_secret: ${secret}\nscope: api.organization`,
      "",
    ],
    [
      "both in the first field, as the web vault shows them",
      `client_id:\norganization.${guid}\n\nclient_secret:\n${secret}\n\nscope:\napi.organization\n\ngrant_type:\nclient_credentials`,
      "",
    ],
    ["both in the first field, as JSON", `{ "clientId": "organization.${guid}", "clientSecret": "${secret}" }`, ""],
    ["both in each field", `organization.${guid} ${secret}`, `organization.${guid} ${secret}`],
  ])("%s", (_how, clientId, clientSecret) => {
    expect(readKey({ clientId, clientSecret })).toEqual(good);
  });

  it("keeps a secret of another form as it is", () => {
    expect(readKey({ ...good, clientSecret: "short" }).clientSecret).toBe("short");
  });

  it.each([`user.${guid}`, `USER.${guid}`, `user.${guid}\n${secret}`])(
    "given a person's key, then says so: %s",
    (clientId) => {
      expect(caught({ clientId, clientSecret: secret })).toMatchObject({ code: "organization.personal_key" });
    },
  );

  it.each([
    [`installation.${guid}`, secret, "installation.…"],
    ["organization.", secret, "organization.…"],
    ["organization.not-a-guid", secret, "organization.…"],
    [guid, secret, "none"],
    ["", secret, "none"],
    ["me@firm.test", secret, "none"],
    [`organization.${guid}`, "", "no_secret"],
    // The two fields swapped: the secret must not be shown.
    [secret, `organization.${guid}`, "none"],
  ])("given %s, then it is none: %s %s", (clientId, clientSecret, found) => {
    const fault = caught({ clientId, clientSecret });
    expect(fault).toMatchObject({ code: "organization.key_invalid", params: { found } });
    expect(String(fault)).not.toContain(secret);
  });
});

const caught = (key: { clientId: string; clientSecret: string }): unknown => {
  try {
    return readKey(key);
  } catch (error) {
    if (isFault(error)) return error;
    throw error;
  }
};
