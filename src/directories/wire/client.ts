import type { z } from "zod";
import { Fault } from "../../core/fault.ts";
import { createPace, type Limits } from "../../http/pace.ts";
import { nextLink, paginate, type Paged } from "../../http/paginate.ts";
import type { HttpAnswer, HttpRequest } from "../../http/request.ts";
import { withToken, type TokenSource } from "../../http/token.ts";
import type { DirectoryDependencies } from "../directory.ts";
import { answerFault, failureFault, type Asked } from "./faults.ts";
import { readBody } from "./read-body.ts";

export interface ClientInput extends Pick<DirectoryDependencies, "http" | "now" | "log" | "signal"> {
  /** The API's root; nothing is ever sent to another origin. */
  readonly root: URL;
  readonly limits: Limits;
  /** The share of a budget that may be used, above 0 to 1. */
  readonly share: number;
  readonly token: TokenSource;
  /** Who logs in, where that has a name. */
  readonly user?: string | undefined;
  /** Where the rights are granted, for the remedy. */
  readonly grant: Asked["grant"];
  /** The headers that carry a token, and what else every request needs. */
  readonly headers: (token: string) => Readonly<Record<string, string>>;
  /** A vendor's own meaning of an answer that is not the one asked for, where it has one. */
  readonly judge?: (answer: HttpAnswer, asked: Asked) => Fault | undefined;
  /** What must not appear in a text: keys, secrets. Tokens are added by themselves. */
  readonly secrets: readonly string[];
}

/** What is asked, for the words of a fault and for the pace. */
export interface Question {
  readonly what: Asked["what"];
  readonly right: string;
  /** In units of the vendor's budget; 1 when left out. */
  readonly cost?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A POST of this JSON instead of a GET; only for what changes nothing. */
  readonly post?: unknown;
}

/** A vendor's API, read with a token at the pace it bears. */
export interface Client {
  readonly host: string;
  url(path: string, query?: Readonly<Record<string, string>>): URL;
  /** The answer, whatever its status; Faults for what is none, and for a pace that could not be kept. */
  ask(url: URL, question: Question): Promise<HttpAnswer>;
  /** The body of an answer that succeeded. Faults `directory.*`. */
  get<Value>(url: URL, shape: z.ZodType<Value>, question: Question): Promise<Value>;
  /** One entry by its key; undefined where nobody is there (404), or where the key can be nobody's (400). Faults `directory.*`. */
  find<Value>(url: URL, shape: z.ZodType<Value>, question: Question): Promise<Value | undefined>;
  /** Every page of a list; `next` finds the server's own link to the following one, by default in the `Link` header. */
  pages<Value>(
    first: URL,
    shape: z.ZodType<Value>,
    question: Question,
    next?: (page: Value, answer: HttpAnswer, url: URL) => string | undefined,
  ): AsyncGenerator<Value>;
  asked(question: Pick<Question, "what" | "right">): Asked;
  /** Nothing is sent for so many milliseconds: for a vendor that asks for it within an answer that succeeded. */
  pause(milliseconds: number): void;
  /** The fault of an answer that is not the one asked for. */
  fault(answer: HttpAnswer, question: Question): Fault;
}

/** All tries of one request with their waits, in milliseconds. */
const deadline = 600_000;

export const createClient = async (input: ClientInput): Promise<Client> => {
  const { http, root, limits, share, token, signal, log, now: clock } = input;
  const pace = await createPace({ http, limits, share, clock });
  const secrets = new Set(input.secrets.filter((secret) => secret !== ""));
  const hide = (text: string): string => [...secrets].reduce((rest, secret) => rest.replaceAll(secret, "***"), text);
  const host = root.host;

  const asked = ({ what, right }: Pick<Question, "what" | "right">): Asked => ({
    host,
    user: input.user,
    what,
    right,
    grant: input.grant,
    now: clock.now(),
    throttling: limits.throttling,
    hide,
  });
  const fault = (answer: HttpAnswer, question: Question): Fault =>
    input.judge?.(answer, asked(question)) ?? answerFault(answer, asked(question));
  const ask = async (url: URL, question: Question): Promise<HttpAnswer> => {
    // A link of the server's may be the first of a list; our token goes nowhere but to the root.
    if (url.origin !== root.origin) throw refuseLink(question, url.href, "other_origin");
    const started = clock.now();
    const reply = await withToken(token, (text) => {
      secrets.add(text);
      return pace.send(requestFor(url, question, input.headers(text)), question.cost);
    });
    log.debug("directory request", {
      host,
      path: url.pathname,
      milliseconds: clock.now() - started,
      ...(reply.kind === "answer" ? { status: reply.status } : { failure: reply.failure, reason: hide(reply.reason) }),
    });
    if (reply.kind === "failure") throw failureFault(reply, asked(question));
    return reply;
  };
  const refuseLink = ({ what }: Question, link: string, reason: string): Fault =>
    new Fault("directory.bad_response", {
      host,
      field: `${what}: next page`,
      ...(reason === "other_origin" ? { reason: "elsewhere", to: URL.parse(link)?.host ?? link } : { reason }),
    });
  const requestFor = (url: URL, { headers, post }: Question, own: Readonly<Record<string, string>>): HttpRequest => ({
    url,
    headers: {
      accept: "application/json",
      ...(post === undefined ? {} : { "content-type": "application/json" }),
      ...own,
      ...headers,
    },
    ...(post === undefined ? {} : { method: "POST" as const, body: JSON.stringify(post) }),
    repeat: "always",
    deadline,
    signal,
    onWait: ({ seconds, reason }) => log.info("directory asks for a pause", { host, seconds, reason }),
  });
  const succeeded = (answer: HttpAnswer, question: Question): HttpAnswer => {
    if (answer.status < 200 || answer.status > 299) throw fault(answer, question);
    return answer;
  };
  return {
    host,
    asked,
    fault,
    ask,
    pause: (milliseconds) => pace.pause(milliseconds),
    url: (path, query = {}) => {
      const url = new URL(`${root.pathname.replace(/\/$/u, "")}${path}`, root);
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
      return url;
    },
    get: async (url, shape, question) =>
      readBody(succeeded(await ask(url, question), question), shape, asked(question)),
    find: async (url, shape, question) => {
      const answer = await ask(url, question);
      if (answer.status === 404 || answer.status === 400) return undefined;
      return readBody(succeeded(answer, question), shape, asked(question));
    },
    pages: (first, shape, question, next = (_page, answer) => nextLink(answer.headers["link"])) =>
      paginate({
        first,
        fetch: async (url): Promise<Paged<z.infer<typeof shape>>> => {
          const answer = succeeded(await ask(url, question), question);
          const page = readBody(answer, shape, asked(question));
          return { page, next: next(page, answer, url) };
        },
        refuse: (link, reason) => refuseLink(question, link, reason),
      }),
  };
};
