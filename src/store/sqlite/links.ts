import type { GroupLink, PerhapsSent, PersonLink, Unresolved } from "../../core/link.ts";
import type { LinkChange, Store } from "../store.ts";
import type { Database, Sql } from "./database.ts";
import { findProfile, profileId } from "./profiles.ts";
import { readJson } from "./stored.ts";

/** Links of people and groups, loaded whole and written one by one. */
export const createLinks = (database: Database): Pick<Store, "links" | "domains" | "saveLinks" | "owners"> => ({
  links: (profile) =>
    database.read((sql) => {
      const id = findProfile(sql, profile);
      return id === undefined
        ? { people: [], groups: [] }
        : { people: readPeople(sql, id), groups: readGroups(sql, id) };
    }),
  domains: (profile) =>
    database.read((sql) =>
      sql
        .all<[string]>(
          `SELECT DISTINCT substr(coalesce(directory_email, email), instr(coalesce(directory_email, email), '@') + 1)
           FROM person_link JOIN profile ON profile.id = profile WHERE key = ?`,
          profile,
        )
        .map(([domain]) => domain),
    ),
  saveLinks: (profile, change, lease) => database.write((sql) => writeLinks(sql, profile, change), lease),
  owners: (organization, exceptProfile) =>
    database.read(
      (sql) =>
        new Map(
          sql
            .all<[string, string, number | null]>(
              `SELECT coalesce(external_id, person_link.id), key, recorded FROM profile
               JOIN person_link ON person_link.profile = profile.id WHERE organization = ? AND key <> ?`,
              organization,
              exceptProfile,
            )
            .map(([externalId, key, recorded]) => [
              externalId,
              { profile: key.slice(0, key.lastIndexOf("/")), recorded: recorded !== null },
            ]),
        ),
    ),
});

/** Inside an open transaction: links that ended go first, so that their ids are free. */
export const writeLinks = (sql: Sql, profile: string, change: LinkChange): void => {
  const id = profileId(sql, profile);
  const erasePerson = sql.each("DELETE FROM person_link WHERE profile = ? AND id = ?");
  for (const gone of change.gonePeople ?? []) erasePerson(id, gone);
  const eraseGroup = sql.each("DELETE FROM group_link WHERE profile = ? AND id = ?");
  for (const gone of change.goneGroups ?? []) eraseGroup(id, gone);
  writePeople(sql, id, change.people ?? []);
  writeGroups(sql, id, change.groups ?? []);
};

const writePeople = (sql: Sql, profile: number, people: readonly PersonLink[]): void => {
  const insert = sql.each(
    `INSERT OR REPLACE INTO person_link (profile, id, external_id, email, directory_email, name, organization_id,
     revoked_at, revoked_cause, missing_since, by_hand, recorded, perhaps) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  for (const link of people)
    insert(
      profile,
      link.id,
      link.externalId === link.id ? null : link.externalId,
      link.email,
      link.directoryEmail === link.email ? null : link.directoryEmail,
      link.name ?? null,
      link.organizationId ?? null,
      link.revoked?.at ?? null,
      link.revoked?.cause ?? null,
      link.missingSince ?? null,
      link.byHand ?? null,
      link.recorded === true ? 1 : null,
      link.perhaps === undefined ? null : lostAnswers.indexOf(link.perhaps),
    );
};

const writeGroups = (sql: Sql, profile: number, groups: readonly GroupLink[]): void => {
  const insert = sql.each(
    `INSERT INTO group_link (profile, id, external_id, name, organization_id, written_by, missing_since, kept, members, perhaps,
     unresolved) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET external_id = excluded.external_id,
     name = excluded.name, organization_id = excluded.organization_id, written_by = excluded.written_by,
     missing_since = excluded.missing_since, kept = excluded.kept, members = excluded.members,
     perhaps = excluded.perhaps, unresolved = excluded.unresolved`,
  );
  for (const link of groups)
    insert(
      profile,
      link.id,
      link.externalId === link.id ? null : link.externalId,
      link.name,
      link.organizationId ?? null,
      link.writtenBy,
      link.missingSince ?? null,
      link.kept === true ? 1 : null,
      JSON.stringify(link.members),
      link.perhaps === undefined ? null : JSON.stringify(link.perhaps),
      link.unresolved === undefined ? null : JSON.stringify(link.unresolved),
    );
};

/** As they are numbered in the file. */
const lostAnswers = ["access", "invited", "readdressed"] as const satisfies readonly PersonLink["perhaps"][];

type PersonRow = [
  string,
  string | null,
  string,
  string | null,
  string | null,
  string | null,
  number | null,
  NonNullable<PersonLink["revoked"]>["cause"] | null,
  number | null,
  NonNullable<PersonLink["byHand"]> | null,
  number | null,
  number | null,
];

const readPeople = (sql: Sql, profile: number): PersonLink[] =>
  sql
    .all<PersonRow>(
      `SELECT id, external_id, email, directory_email, name, organization_id, revoked_at, revoked_cause, missing_since,
       by_hand, recorded, perhaps FROM person_link WHERE profile = ? ORDER BY id`,
      profile,
    )
    .map((row) => {
      const [id, externalId, email, directoryEmail, name, organizationId, at, cause, missingSince, byHand] = row;
      const [recorded, perhaps] = [row[10], row[11]];
      const link: Writable<PersonLink> = {
        id,
        externalId: externalId ?? id,
        email,
        directoryEmail: directoryEmail ?? email,
      };
      if (name !== null) link.name = name;
      if (organizationId !== null) link.organizationId = organizationId;
      if (at !== null && cause !== null) link.revoked = { at, cause };
      if (missingSince !== null) link.missingSince = missingSince;
      if (byHand !== null) link.byHand = byHand;
      if (recorded !== null) link.recorded = true;
      const unsure = perhaps === null ? undefined : lostAnswers[perhaps];
      if (unsure !== undefined) link.perhaps = unsure;
      return link;
    });

type GroupRow = [
  string,
  string | null,
  string,
  string | null,
  GroupLink["writtenBy"],
  number | null,
  number | null,
  string,
  string | null,
  string | null,
];

const readGroups = (sql: Sql, profile: number): GroupLink[] =>
  sql
    .all<GroupRow>(
      `SELECT id, external_id, name, organization_id, written_by, missing_since, kept, members, perhaps, unresolved
       FROM group_link WHERE profile = ? ORDER BY id`,
      profile,
    )
    .map(([id, externalId, name, organizationId, writtenBy, missingSince, kept, members, perhaps, unresolved]) => {
      const link: Writable<GroupLink> = {
        id,
        externalId: externalId ?? id,
        name,
        writtenBy,
        members: readJson<string[]>(members),
      };
      if (organizationId !== null) link.organizationId = organizationId;
      if (missingSince !== null) link.missingSince = missingSince;
      if (kept !== null) link.kept = true;
      if (perhaps !== null) link.perhaps = readJson<PerhapsSent>(perhaps);
      if (unresolved !== null) link.unresolved = readJson<Unresolved>(unresolved);
      return link;
    });

type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] };
