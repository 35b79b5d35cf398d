import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextLink, paginate, type Paged } from "./paginate.ts";

const first = new URL("https://api.firm.test/v1/users?limit=2");
const refuse = (link: string, reason: string): Error => new Error(`${reason}: ${link}`);
const read = async (pages: Readonly<Record<string, Paged<string[]>>>): Promise<string[][]> => {
  const found: string[][] = [];
  const fetch = (url: URL): Promise<Paged<string[]>> => {
    const page = pages[url.href];
    return page === undefined ? Promise.reject(new Error(`404 ${url.href}`)) : Promise.resolve(page);
  };
  for await (const page of paginate({ first, fetch, refuse })) found.push(page);
  return found;
};

describe("the pages of a list", () => {
  it("given links, then they are followed as they are, empty pages too", async () => {
    const pages = {
      [first.href]: { page: ["a"], next: "https://api.firm.test/v1/users?after=x%3D%3D" },
      "https://api.firm.test/v1/users?after=x%3D%3D": { page: [], next: "/v1/users?after=y" },
      "https://api.firm.test/v1/users?after=y": { page: ["b", "c"] },
    };
    expect(await read(pages)).toEqual([["a"], [], ["b", "c"]]);
  });
  it.each([
    ["https://evil.test/v1/users?after=x", "other_origin"],
    ["http://api.firm.test/v1/users?after=x", "other_origin"],
    ["https://api.firm.test:8443/v1/users", "other_origin"],
    ["https://user:word@api.firm.test/v1/users?after=x", "other_origin"],
    ["https://", "no_link"],
    [first.href, "repeated"],
  ])("given a link to %s, then the read ends: %s", async (next, reason) => {
    await expect(read({ [first.href]: { page: ["a"], next } })).rejects.toThrow(reason);
  });
  it("given a page that fails, then the read fails", async () => {
    await expect(read({ [first.href]: { page: ["a"], next: "/v1/users?after=x" } })).rejects.toThrow("404");
  });
});

describe("the next link of a header", () => {
  it.each([
    [
      '<https://a.test/u?limit=2>; rel="self", <https://a.test/u?after=b,c&limit=2>; rel="next"',
      "https://a.test/u?after=b,c&limit=2",
    ],
    ["<https://a.test/u>; rel=next", "https://a.test/u"],
    ['<https://a.test/u>; title="a; rel=next"; rel="self"', undefined],
    ['<https://a.test/u>; rel="prev next"', "https://a.test/u"],
    ['<https://a.test/u>; rel="self"', undefined],
    ["", undefined],
    [undefined, undefined],
  ])("given %s", (header, expected) => {
    expect(nextLink(header)).toBe(expected);
  });
  it("given any text, then it answers", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme-ascii" }), (text) => void nextLink(text)));
  });
});
