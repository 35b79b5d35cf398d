import { createHash } from "node:crypto";
import type { SourceGroup, SourceUser } from "./entry.ts";

/** Takes the entries of a read as they come, people and groups each in their order. */
export interface Fingerprint {
  users(users: readonly SourceUser[]): void;
  groups(groups: readonly SourceGroup[]): void;
  /** Two reads with one fingerprint hold the same entries in the same order. */
  end(): string;
}

/** SHA-256 over everything that entries say, taken while they are read: it needs none of them afterwards. */
export const createFingerprint = (): Fingerprint => {
  const people = createDigest();
  const groups = createDigest();
  return {
    users: (list) => {
      for (const user of list) people.add(userText(user));
    },
    groups: (list) => {
      for (const group of list) {
        groups.add(groupText(group));
        for (const member of group.members) groups.add("id" in member ? `=${member.id}` : `>${member.ref}`);
      }
    },
    end: () => `${people.end()}.${groups.end()}`,
  };
};

export const fingerprintOf = (read: {
  readonly users: readonly SourceUser[];
  readonly groups: readonly SourceGroup[];
}): string => {
  const fingerprint = createFingerprint();
  fingerprint.users(read.users);
  fingerprint.groups(read.groups);
  return fingerprint.end();
};

/** Fed in pieces of some size: a call costs more than its bytes. Lengths keep neighbours apart. */
const createDigest = () => {
  const hash = createHash("sha256");
  let text = "";
  const flush = (): void => {
    hash.update(text);
    text = "";
  };
  return {
    add: (part: string): void => {
      text += `${part.length} ${part}`;
      if (text.length > 50_000) flush();
    },
    end: (): string => {
      flush();
      return hash.digest("base64url");
    },
  };
};

const userText = ({ id, ref, externalId, email, name, state, selected, because, disabledFrom }: SourceUser): string =>
  JSON.stringify([id, ref, externalId === id ? null : externalId, email, name, state, selected, because, disabledFrom]);

/** With the number of its members, which follow. */
const groupText = ({ id, ref, externalId, name, selected, members }: SourceGroup): string =>
  JSON.stringify([id, ref, externalId === id ? null : externalId, name, selected, members.length]);
