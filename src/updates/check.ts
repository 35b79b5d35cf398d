import { z } from "zod";
import { Fault } from "../core/fault.ts";
import type { Http } from "../http/request.ts";
import { isPublicKey, verifiedComment } from "./minisign.ts";

/** What there is to know about newer versions. */
export type Updates =
  | { readonly state: "off"; readonly because: "not_configured" | "portable" | "managed" }
  | { readonly state: "current"; readonly version: string }
  | ({ readonly state: "newer"; readonly current: string } & Release);

interface Release {
  readonly version: string;
  /** ISO 8601. */
  readonly published: string;
  /** Where it says what is new. */
  readonly notes: string;
  /** What to download, with what `sha256sum` says of it. */
  readonly files: readonly { readonly name: string; readonly url: string; readonly sha256: string }[];
}

export interface UpdateFacts {
  /** `updates` of the configuration. */
  readonly feed?: string | undefined;
  readonly key?: string | undefined;
  /** How the program was installed; a copy that travels and one that others look after never ask. */
  readonly kind: "personal" | "machine" | "portable" | "chosen";
  readonly version: string;
  readonly http: Http;
  readonly signal: AbortSignal;
}

/**
 * Reads the feed of releases and believes it only with the signature beside it (`<feed>.minisig`). Nothing is downloaded or
 * installed. Faults `update.unreachable`, `update.unsigned`, `update.bad_feed`, and `update.key` for a key that is none.
 */
export const checkForUpdates = async (facts: UpdateFacts): Promise<Updates> => {
  const { kind, feed, key, version } = facts;
  if (kind === "portable") return { state: "off", because: "portable" };
  if (kind === "machine") return { state: "off", because: "managed" };
  if (feed === undefined || key === undefined) return { state: "off", because: "not_configured" };
  if (!isPublicKey(key)) throw new Fault("update.key", { field: "updates.key" });
  const [text, signature] = await Promise.all([read(facts, feed), read(facts, `${feed}.minisig`)]);
  if (verifiedComment(Buffer.from(text), signature, key) === undefined)
    throw new Fault("update.unsigned", { url: feed });
  const release = releaseOf(text);
  if (release === undefined) throw new Fault("update.bad_feed", { url: feed });
  return isNewer(release.version, version)
    ? { state: "newer", current: version, ...release }
    : { state: "current", version };
};

const address = z.url({ protocol: /^https?$/u });
const Feed = z.object({
  version: z.string().regex(/^\d+\.\d+\.\d+/u),
  published: z.iso.datetime(),
  notes: address,
  files: z.array(z.object({ name: z.string(), url: address, sha256: z.string().regex(/^[0-9a-f]{64}$/u) })),
});

const releaseOf = (text: string): Release | undefined => {
  try {
    return Feed.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
};

/** Publishers of releases lead to a storage elsewhere; nothing of ours goes along, and what comes back is signed. */
const read = async ({ http, signal }: UpdateFacts, start: string): Promise<string> => {
  let url = start;
  for (let leads = 0; leads <= mostLeads; leads += 1) {
    const reply = await http.send({ url, signal, repeat: "always", limit: 1_000_000, timeout: 20_000 });
    if (reply.kind === "failure")
      throw new Fault("update.unreachable", { url: start, reason: reply.reason }, reply.cause);
    const { location } = reply.headers;
    if (reply.status === 200) return reply.text;
    if (reply.status < 300 || reply.status >= 400 || location === undefined || !URL.canParse(location, url))
      throw new Fault("update.unreachable", { url: start, reason: `HTTP ${reply.status}` });
    url = new URL(location, url).href;
  }
  throw new Fault("update.unreachable", { url: start, reason: "redirects" });
};
const mostLeads = 5;

/** By the numbers; a version with a suffix (1.2.0-beta) comes before the same one without (https://semver.org, §11). */
export const isNewer = (version: string, than: string): boolean => {
  const [left, right] = [numbersOf(version), numbersOf(than)];
  for (let at = 0; at < 3; at += 1) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return than.includes("-") && !version.includes("-");
};

const numbersOf = (version: string): number[] => (version.split("-")[0] ?? "").split(".").map(Number);
