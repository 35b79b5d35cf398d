/** Our reader alone: logs in, reads everything and keeps it, as a run does. */
import { loadDirectory } from "../../src/directories/registry.ts";
import { createWorld } from "../../tests/directory-world.ts";

const [url, bindDn, password, caFile] = process.argv.slice(2);
const directory = await loadDirectory("ldap");
const { dependencies } = createWorld();
const config = directory.config.parse({
  kind: "ldap",
  url,
  startTls: false,
  allowPlain: true,
  bindDn,
  caFile,
  baseDn: "dc=firm,dc=test",
});
await using connected = await directory.open({ ...config, password } as typeof config, dependencies);
let people = 0;
const kept: unknown[] = [];
for await (const page of connected.read()) {
  kept.push(page);
  if ("users" in page) people += page.users.length;
}
if (people === 0 || kept.length === 0) throw new Error("nobody was read");
