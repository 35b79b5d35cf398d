import { spawn } from "node:child_process";
import { once } from "node:events";
import type { OpenLdap } from "../../tests/servers/openldap/openldap.ts";

/** Ten new people without groups, or an expiry in the past for ten of those there are. */
export const changePeople = (server: OpenLdap, what: "ten people came" | "ten people disabled"): Promise<void> =>
  modify(server, Array.from({ length: 10 }, (_, index) => changes[what](server, index)).join("\n"));

const changes = {
  "ten people came": ({ suffix }: OpenLdap, index: number): string =>
    `dn: uid=new${index},ou=people,${suffix}\nchangetype: add\nobjectClass: inetOrgPerson\nuid: new${index}\n` +
    `cn: New ${index}\nsn: New\nmail: new${index}@firm.test\n`,
  "ten people disabled": ({ suffix }: OpenLdap, index: number): string =>
    `dn: uid=u${String(index).padStart(7, "0")},ou=p${index % 8},ou=people,${suffix}\nchangetype: modify\n` +
    `add: objectClass\nobjectClass: shadowAccount\n-\nadd: shadowExpire\nshadowExpire: 1\n`,
};

const modify = async ({ url, admin }: OpenLdap, ldif: string): Promise<void> => {
  const child = spawn("/usr/bin/ldapmodify", ["-x", "-H", url, "-D", admin.dn, "-w", admin.password], {
    stdio: ["pipe", "ignore", "inherit"],
  });
  child.stdin.end(ldif);
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`ldapmodify ended with ${code}`);
};
