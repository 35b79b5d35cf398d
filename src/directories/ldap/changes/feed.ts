import type { Session } from "../session.ts";
import { activeDirectoryFeed } from "./active-directory-feed.ts";
import { directoryServer389Feed } from "./directory-server-389-feed.ts";
import { openLdapFeed } from "./openldap-feed.ts";
import { contentOf, scopeOf, type Reason } from "./scope.ts";
import type { NativeFilters, StoredRead } from "../../directory.ts";

/** How a kind of server tells what changed. */
export interface Feed {
  /** Members may follow a change of names a moment after the server told of it. */
  readonly lags: boolean;
  /** False where entries go without a word: then the ids of those that are there have to be compared. */
  readonly tellsGone: boolean;
  /** Why everything is read each time where `begin` gives nothing. */
  readonly withoutBeginning: Reason;
  /** Where a full read that is about to begin can be gone on from; undefined where the server does not say. */
  begin(): Promise<string | undefined>;
  /** What happened since a cookie; undefined where that cannot be told for sure, so that everything has to be read. */
  since(cookie: string): Promise<Happened | undefined>;
}

/** Ids are those of the layout. Whoever asks looks the changed entries up: only what was touched is told, not by what. */
export interface Happened {
  readonly cookie: string;
  /** Nothing at all, anywhere on the server. */
  readonly isNothing: boolean;
  readonly changed: readonly string[];
  /** Which of the stored entries are gone. */
  gone(stored: StoredRead): readonly string[];
}

/** The feed for a session, and whether it tells everything the profile depends on. */
export async function openFeed(session: Session, filters: NativeFilters | undefined) {
  const scope = await scopeOf(session, filters);
  if (scope.how === "none") return { scope, feed: undefined };
  return { scope, feed: feedOf(session) };
}

function feedOf(session: Session): Feed {
  const { id } = session.layout.server;
  if (id === "openldap") return openLdapFeed(session);
  return id === "389ds" ? directoryServer389Feed(session) : activeDirectoryFeed(session, contentOf(session.layout));
}
