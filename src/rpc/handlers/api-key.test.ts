import { describe, expect, it } from "vitest";
import { faultOf } from "../../../tests/fault-of.ts";
import { readApiKey } from "./api-key.ts";

const guid = "4ee0d1ae-8f0c-4f5b-8a9d-3f0c7a1b2c3d";
const id = `organization.${guid}`;
const secret = "aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1";
const key = { clientId: id, clientSecret: secret, organizationId: guid };

describe("an API key as it was pasted", () => {
  it.each([
    ["in two fields", { clientId: id, clientSecret: secret }],
    ["with blanks around", { clientId: ` ${id}\n`, clientSecret: `\t${secret} ` }],
    ["both in the first field", { clientId: `${id} ${secret}`, clientSecret: "" }],
    ["both in the second field", { clientId: "", clientSecret: `${id}\n${secret}` }],
    ["the two mixed up", { clientId: secret, clientSecret: id }],
    ["in capitals", { clientId: id.toUpperCase(), clientSecret: secret }],
    [
      "as the web vault shows it",
      {
        clientId: `client_id: ${id}\nclient_secret: ${secret}\nscope: api.organization\ngrant_type: client_credentials`,
        clientSecret: "",
      },
    ],
    ["as environment variables", { clientId: `CLIENT_ID="${id}" CLIENT_SECRET="${secret}"`, clientSecret: "" }],
  ])("given %s, then the key", (_name, pasted) => {
    expect(readApiKey(pasted)).toEqual(key);
  });

  it("given a person's own key, then that is said", async () => {
    const pasted = { clientId: `user.${guid}`, clientSecret: secret };
    expect(await faultOf(Promise.try(() => readApiKey(pasted)))).toMatchObject({ code: "organization.personal_key" });
  });

  it.each([
    ["no id", { clientId: "", clientSecret: secret }],
    ["something else", { clientId: "acme", clientSecret: secret }],
    ["half an id", { clientId: "organization.4ee0", clientSecret: secret }],
    ["id and secret in one word", { clientId: `${id}${secret}`, clientSecret: "" }],
    ["no secret", { clientId: id, clientSecret: " " }],
  ])("given %s, then it is refused without repeating what may be the secret", async (_name, pasted) => {
    const fault = await faultOf(Promise.try(() => readApiKey(pasted)));
    expect(fault.code).toBe("organization.key_invalid");
    expect(`${fault.message} ${JSON.stringify(fault.params)}`).not.toContain(secret.slice(0, 6));
  });
});
