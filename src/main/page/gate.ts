import { createHash } from "node:crypto";
import type { Store } from "../../store/store.ts";

/** Who may come in: links that work once, and the sessions they were exchanged for. */
export interface Gate {
  /** A session for a key of a link; undefined when that was used, replaced, too old or never given out. */
  enter(key: string): Promise<string | undefined>;
  /** Whether a request's `cookie` header carries a session of this gate. */
  admits(cookies: string | undefined): boolean;
  /** The value of the `set-cookie` header that gives a browser its session. */
  cookie(session: string): string;
}

export interface GateParts {
  readonly store: Pick<Store, "value" | "saveValue">;
  readonly now: () => number;
  /** So many random bytes. */
  readonly random: (bytes: number) => Uint8Array;
}

/** How long a link waits to be opened, in milliseconds. */
export const linkLife = 3_600_000;
const kept = "serve.link";
const cookieName = "directory-connector";

/**
 * Makes the key of a new link, which works once, within an hour. Only its digest is kept, in the home's store, so that
 * another process of the same home can make one; the link before it stops working.
 */
export const makeKey = async ({ store, now, random }: GateParts): Promise<string> => {
  const key = text(random(32));
  await store.saveValue(kept, `${digest(key)} ${now() + linkLife}`);
  return key;
};

/** Sessions live as long as the gate; the browser forgets its cookie when it is closed. */
export const createGate = (parts: GateParts): Gate => {
  const sessions = new Set<string>();
  const used = new Set<string>();
  return {
    enter: async (key) => {
      const hash = digest(key);
      if (used.has(hash)) return undefined;
      const [known, until] = ((await parts.store.value(kept)) ?? "").split(" ");
      const left = Number(until) - parts.now();
      // A clock that was set back makes no link last longer.
      if (known !== hash || !(left >= 0 && left <= linkLife)) return undefined;
      // Of two requests with one key only the first goes on from here: nothing is awaited in between.
      if (used.has(hash)) return undefined;
      used.add(hash);
      await parts.store.saveValue(kept, undefined);
      const session = text(parts.random(32));
      sessions.add(digest(session));
      return session;
    },
    admits: (cookies = "") =>
      cookies
        .split(";")
        .map((one) => one.trim().split("="))
        .some(([name, value = ""]) => name === cookieName && sessions.has(digest(value))),
    cookie: (session) => `${cookieName}=${session}; HttpOnly; SameSite=Strict; Path=/`,
  };
};

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");

/** Kept and compared instead of what it is of, so that neither the store nor the time a comparison takes tells it. */
const digest = (secret: string): string => createHash("sha256").update(secret).digest("hex");
