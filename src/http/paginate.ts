/** What a page gave, and where the server says the next one is; nothing there = the last page. */
export interface Paged<Page> {
  readonly page: Page;
  readonly next?: string | undefined;
}

/**
 * Every page of a list, as far as the server's own links lead; an empty page is a page like any other. A link to another
 * origin would carry our token there, and one that was followed already never ends: both end the whole read with the
 * error that `refuse` makes of them, as does whatever `fetch` throws.
 */
export async function* paginate<Page>(options: {
  readonly first: URL;
  readonly fetch: (url: URL) => Promise<Paged<Page>>;
  readonly refuse: (link: string, reason: "other_origin" | "repeated" | "no_link") => Error;
}): AsyncGenerator<Page> {
  const { first, fetch, refuse } = options;
  const seen = new Set([first.href]);
  for (let url: URL | undefined = first; url !== undefined;) {
    const { page, next }: Paged<Page> = await fetch(url);
    // Checked before the page is given: what follows from a forged answer is not used at all.
    url = next === undefined ? undefined : follow(next, url);
    yield page;
  }

  function follow(link: string, from: URL): URL {
    const url = URL.parse(link, from);
    if (url === null) throw refuse(link, "no_link");
    if (url.origin !== first.origin || url.username !== "" || url.password !== "") throw refuse(link, "other_origin");
    if (seen.has(url.href)) throw refuse(link, "repeated");
    seen.add(url.href);
    return url;
  }
}

/** The target of the `rel="next"` link of a `Link` header; several headers may be joined by commas (RFC 8288 §3). */
export const nextLink = (header: string | undefined): string | undefined => {
  for (const [, target, parameters] of (header ?? "").matchAll(linkValue)) {
    for (const [, name, quoted, plain] of (parameters ?? "").matchAll(linkParameter)) {
      const kinds = (quoted ?? plain ?? "").toLowerCase().split(/\s+/u);
      if (name?.toLowerCase() === "rel" && kinds.includes("next")) return target;
    }
  }
  return undefined;
};

const linkParameter = /;\s*([^\s;,="]+)(?:\s*=\s*(?:"([^"]*)"|([^\s;,"]*)))?/gu;
const linkValue = new RegExp(`<([^>]*)>((?:\\s*${linkParameter.source.replaceAll(/\((?!\?)/gu, "(?:")})*)`, "gu");
