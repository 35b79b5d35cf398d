import { configForSamba, domainSuffix, startSamba } from "../servers/samba/samba.ts";
import { createOperations } from "./operations.ts";
import type { Story } from "./story.ts";

/** A Samba domain, asked as an ordinary user. */
export async function startSambaStory(random: () => number): Promise<Story> {
  const places = ["staff", "teams", "abroad"];
  const server = await startSamba({
    entries: places.map((name) => ({
      dn: `OU=${name},${domainSuffix}`,
      attributes: { objectClass: "organizationalUnit" },
    })),
  });
  const operations = createOperations(
    {
      suffix: domainSuffix,
      places,
      rdn: { person: "CN", group: "CN" },
      person: (name) => ({
        objectClass: "user",
        sAMAccountName: name,
        mail: `${name}@ad.test`,
        userAccountControl: "544",
      }),
      group: (name) => ({ objectClass: "group", sAMAccountName: name }),
      values: {
        mail: ["", "same@ad.test", "other@ad.test"],
        displayName: ["", "Ann", "Bo"],
        department: ["", "robot"],
        userAccountControl: ["544", "546"],
        accountExpires: ["0", "116444736000000000", "150000000000000000"],
        title: ["boss"],
      },
      hides: { attribute: "description", value: "hidden" },
    },
    random,
  );
  return {
    config: configForSamba(server, { userBase: `OU=staff,${domainSuffix}`, pageSize: 500 }),
    filters: { users: "(!(department=robot))", groups: "(!(description=hidden))" },
    operations,
    server,
    backUp: () => server.backUp(),
  };
}
