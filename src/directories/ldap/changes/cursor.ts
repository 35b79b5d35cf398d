import { createHash } from "node:crypto";
import { BerWriter, type Filter } from "ldapts";
import { z } from "zod";
import { canonicalDn } from "../../../core/dn.ts";
import type { Diagnostic } from "../../../core/diagnostic.ts";
import { namingContextOf, type Session } from "../session.ts";

/** Where a complete read left off. */
export interface Position {
  /** The server's own, of whatever kind its feed has. */
  readonly cookie: string;
  /** Of all that was read, so that a later read of changes can say them again. */
  readonly notes: readonly Diagnostic[];
  /** Groups to look at once more the next time: their members may have followed a change of names a moment later. */
  readonly again: readonly string[];
  /** A digest of the ids of everybody selected, where the server does not tell who is gone; "" fits nobody. */
  readonly ids: string;
}

/** More notes than this are not carried along: the next read is a full one. */
const mostNotes = 500;

/** A position as text that fits nothing but the same questions to the same directory by the same account. */
export const writeCursor = (session: Session, { cookie, notes, again, ids }: Position): string | undefined =>
  notes.length > mostNotes ? undefined : JSON.stringify([version, fingerprint(session), cookie, notes, again, ids]);

/** Undefined where the text is not from here, or from other settings, another account or an earlier way of reading. */
export function readCursor(session: Session, text: string): Position | undefined {
  const data = readAs(Text, text);
  if (data === undefined) return undefined;
  const [is, from, cookie, notes, again, ids] = data;
  return is === version && from === fingerprint(session) ? { cookie, notes, again, ids } : undefined;
}

/** What a text of JSON holds; undefined where it is none, or not of that shape. */
export function readAs<Shape>(shape: z.ZodType<Shape>, text: string): Shape | undefined {
  try {
    return shape.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Notes were written by this program under the same version, which is compared. */
const Text = z.tuple([
  z.number(),
  z.string(),
  z.string(),
  z.array(z.custom<Diagnostic>()),
  z.array(z.string()),
  z.string(),
]);

/** Goes up when entries are turned into people and groups in another way. */
const version = 1;

/** Of everything that decides what a read gives: who asks, where, for what, and what the attributes mean. */
function fingerprint(session: Session): string {
  const { layout, facts } = session;
  const { userClass, groupClass, userFilter, groupFilter, ...rest } = layout;
  const filters = [userClass, groupClass, userFilter, groupFilter].map(bytesOf);
  const parts = [facts.user, canonicalDn(namingContextOf(session)), filters, rest];
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url");
}

function bytesOf(filter: Filter): string {
  const writer = new BerWriter();
  filter.write(writer);
  return writer.buffer.toString("base64");
}
