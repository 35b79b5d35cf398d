import { z } from "zod";
import { isFault } from "../../core/fault.ts";
import { createCursor } from "../wire/changes.ts";
import { readBody } from "../wire/read-body.ts";
import { askTogether, batchSize } from "./batch.ts";
import { questions, type Session } from "./session.ts";
import { Delta, User, userFields } from "./shapes.ts";

/** Who changed since an earlier read, as they are now; who is not there any more; and where to go on the next time. */
export interface Touched {
  readonly users: readonly User[];
  readonly gone: readonly string[];
  readonly cursor: string;
}

/** The vendor's link for the next time, and when it was given, by its own clock where it tells one (in milliseconds since 1970). */
const cursor = createCursor("entra 1", z.object({ link: z.url(), at: z.number() }));

/** A link lives seven days (Microsoft Graph, "Use delta query to track changes"); ours a day less. */
const life = 6 * 24 * 3_600_000;
/** More people than this are read faster by a list. */
const most = 2_000;

/** Where the feed stands now, without anything of what came before; undefined where it cannot be asked. */
export const beginFeed = async (session: Session): Promise<string | undefined> => {
  const { client, now: clock } = session;
  const url = client.url("/users/delta", { $select: "id,accountEnabled", $deltatoken: "latest" });
  const answer = await client.ask(url, questions.people);
  if (answer.status !== 200) {
    // Without the right to read people the list says so better; a cloud without the feed is read whole each time.
    session.log.info("no feed of changes", { host: client.host, status: answer.status });
    return undefined;
  }
  const link = readBody(answer, Delta, client.asked(questions.people))["@odata.deltaLink"];
  return link === undefined ? undefined : cursor.write({ link, at: clock.now() });
};

/**
 * Whom the feed names since then, looked up with the same questions as in a whole read, so that a person has one meaning;
 * undefined where only a whole read will do: another cursor, a link that ended, too many changes.
 */
export const readTouched = async (session: Session, text: string): Promise<Touched | undefined> => {
  const { client, now: clock, addresses } = session;
  const from = cursor.read(text);
  if (from === undefined || clock.now() - from.at > life || new URL(from.link).origin !== addresses.graph.origin)
    return undefined;
  const ids = new Set<string>();
  let link: string | undefined;
  try {
    for await (const page of client.pages(
      new URL(from.link),
      Delta,
      questions.people,
      (each) => each["@odata.nextLink"],
    )) {
      for (const { id } of page.value) ids.add(id);
      link = page["@odata.deltaLink"] ?? link;
      if (ids.size > most) return undefined;
    }
  } catch (error) {
    // Whatever the vendor calls a link that ended: 400, 404 or 410, with codes that vary (syncStateNotFound, resyncRequired).
    if (isFault(error, "directory.bad_response")) return undefined;
    throw error;
  }
  if (link === undefined) return undefined;
  return { ...(await lookUpAll(session, [...ids])), cursor: cursor.write({ link, at: clock.now() }) };
};

const lookUpAll = async (session: Session, ids: readonly string[]): Promise<Omit<Touched, "cursor">> => {
  const { client } = session;
  const users: User[] = [];
  const gone: string[] = [];
  for (let start = 0; start < ids.length; start += batchSize) {
    const some = ids.slice(start, start + batchSize);
    const requests = new Map(some.map((id) => [id, `/users/${encodeURIComponent(id)}?$select=${userFields}`]));
    const answers = await askTogether(session, client, questions.people, requests);
    for (const [id, answer] of answers) {
      // Deleted, softly or for good: in no list of people either.
      if (answer.status === 404) gone.push(id);
      else if (answer.status !== 200) throw client.fault(answer, questions.people);
      else users.push(readBody(answer, User, client.asked(questions.people)));
    }
  }
  return { users, gone };
};
