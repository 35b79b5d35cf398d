import { expect, it } from "vitest";
import { createWorld } from "../../../../tests/directory-world.ts";
import { createLdapDirectory } from "../../../../tests/servers/ldap-script.ts";
import { openSession } from "../session.ts";
import { syncOids } from "./controls.ts";
import { scopeOf } from "./scope.ts";

/** How far the feed of a server is relied on that says this of itself. */
const scopeAt = async (root: Readonly<Record<string, string>>) => {
  const { url } = await createLdapDirectory({ namingContexts: "dc=firm,dc=test", ...root }, () => undefined);
  const config = {
    kind: "ldap",
    url,
    startTls: false,
    allowPlain: true,
    verifyTls: true,
    baseDn: "dc=firm,dc=test",
    pageSize: 100,
    timeout: 2,
  } as const;
  const session = await openSession(config, createWorld().dependencies);
  try {
    return await scopeOf(session, undefined);
  } finally {
    session.connection.close();
  }
};

it.each([
  ["OpenLDAP without its overlay", { objectClass: "OpenLDAProotDSE" }, "not_offered"],
  ["389 as it comes", { vendorName: "389 Project" }, "not_offered"],
  ["FreeIPA with its plug-in", { ipaDomainLevel: "1", supportedControl: syncOids.request }, "not_tried"],
  ["a server of no known kind that offers it", { supportedControl: syncOids.request }, "not_tried"],
] as const)("everything is read each time at %s, and why is told", async (_, root, because) => {
  expect(await scopeAt(root)).toEqual({ how: "none", because });
});

it("OpenLDAP with its overlay is followed", async () => {
  const root = { objectClass: "OpenLDAProotDSE", supportedControl: syncOids.request };
  expect(await scopeAt(root)).toEqual({ how: "followed" });
});
