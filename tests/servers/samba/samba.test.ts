import { describe, expect, it } from "vitest";
import { createWorld, readWhole } from "../../directory-world.ts";
import { ldapDirectory } from "../../../src/directories/ldap/index.ts";
import { configForSamba, domainSuffix, missingSamba, startSamba } from "./samba.ts";

const skip = missingSamba();
const unit = `OU=Staff,${domainSuffix}`;

describe.skipIf(skip !== undefined)(`a domain of a test${skip === undefined ? "" : ` (${skip})`}`, () => {
  it("holds the entries it was given, takes others, and keeps all of them when it is started again", async () => {
    await using samba = await startSamba({
      entries: [{ dn: unit, attributes: { objectClass: "organizationalUnit" } }],
    });
    const names = async () => {
      const config = configForSamba(samba, { baseDn: unit });
      const { users } = await readWhole(ldapDirectory, config, createWorld().dependencies);
      return users.map((user) => user.name);
    };
    expect(await names()).toEqual([]);
    {
      await using writer = await samba.writer();
      await writer.add(`CN=Ana,${unit}`, { objectClass: "user", sAMAccountName: "ana" });
    }
    expect(await names()).toEqual(["Ana"]);
    await samba.restart();
    expect(await names()).toEqual(["Ana"]);
  });
});
