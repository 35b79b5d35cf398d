/**
 * The floor of what JavaScript takes: the library our requests are encoded with reads the same attributes in pages and
 * keeps them, and with `sync` sends everything by the same imports. No ids checked, no names compared, no states, no
 * memberships looked up, nothing recorded.
 */
import { Client, type Entry } from "ldapts";
import { readFileSync } from "node:fs";

const [task, url = "", bindDn = "", password = "", caFile = "", server = "", clientId = "", clientSecret = ""] =
  process.argv.slice(2);

const people = await read("(objectClass=inetOrgPerson)", [
  "mail",
  "entryUUID",
  "displayName",
  "cn",
  "pwdAccountLockedTime",
  "shadowExpire",
]);
const groups = await read("(objectClass=groupOfNames)", ["cn", "entryUUID", "member"]);
if (people.length === 0 || groups.length === 0) throw new Error("nobody was read");
if (task === "sync") await send();

async function read(filter: string, attributes: string[]): Promise<Entry[]> {
  const client = new Client({ url, ...(url.startsWith("ldaps:") ? { tlsOptions: { ca: readFileSync(caFile) } } : {}) });
  await client.bind(bindDn, password);
  const kept: Entry[] = [];
  const options = { filter, attributes, paged: { pageSize: 1000 }, timeLimit: 0 };
  for await (const page of client.searchPaginated("dc=firm,dc=test", options)) kept.push(...page.searchEntries);
  await client.unbind();
  return kept;
}

async function send(): Promise<void> {
  const reply = await fetch(`${server}/identity/connect/token`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({
      grant_type: "client_credentials",
      scope: "api.organization",
      client_id: clientId,
      client_secret: clientSecret,
    }).toString(),
  });
  const token: unknown = await reply.json();
  const bearer =
    typeof token === "object" && token !== null && "access_token" in token ? String(token.access_token) : "";
  const idOf = new Map(people.map((entry) => [entry.dn, text(entry["entryUUID"])]));
  const members = people.flatMap((entry) => {
    const email = text(entry["mail"]);
    return email === "" ? [] : [{ email, externalId: text(entry["entryUUID"]), deleted: false }];
  });
  const sent = new Set(members.map((member) => member.externalId));
  const teams = groups.map((entry) => ({
    name: text(entry["cn"]),
    externalId: text(entry["entryUUID"]),
    memberExternalIds: list(entry["member"]).flatMap((dn) => {
      const id = idOf.get(dn);
      return id !== undefined && sent.has(id) ? [id] : [];
    }),
  }));
  for (let at = 0; at < members.length; at += 2000) await post(bearer, members.slice(at, at + 2000), []);
  let batch: (typeof teams)[number][] = [];
  let size = 0;
  for (const team of teams) {
    const bytes = 100 + team.memberExternalIds.length * 39;
    if (batch.length > 0 && (size + bytes > 900_000 || batch.length === 2000)) {
      await post(bearer, [], batch);
      batch = [];
      size = 0;
    }
    batch.push(team);
    size += bytes;
  }
  await post(bearer, [], batch);
}

async function post(token: string, members: readonly unknown[], batch: readonly unknown[]): Promise<void> {
  const reply = await fetch(`${server}/api/public/organization/import`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify({ members, groups: batch, overwriteExisting: false, largeImport: true }),
  });
  if (!reply.ok) throw new Error(`${reply.status}: ${await reply.text()}`);
  await reply.arrayBuffer();
}

function list(value: Entry[string] | undefined): string[] {
  return value === undefined ? [] : (Array.isArray(value) ? value : [value]).map(String);
}

function text(value: Entry[string] | undefined): string {
  return list(value)[0] ?? "";
}
