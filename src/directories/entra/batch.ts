import { Fault } from "../../core/fault.ts";
import type { HttpAnswer } from "../../http/request.ts";
import { retryAfter } from "../../http/retry.ts";
import type { Client, Question } from "../wire/client.ts";
import type { Session } from "./session.ts";
import { Batch } from "./shapes.ts";

/** Requests in one batch (Microsoft Graph, "JSON batching"); each counts for itself against the limits. */
export const batchSize = 20;
const tries = 6;

/**
 * The answers to up to twenty GETs in one request, by their ids. A batch succeeds as a whole while parts of it fail, so
 * the caller judges each; a part that came too fast, or met a server that was busy, is asked for again.
 */
export const askTogether = async (
  session: Session,
  client: Client,
  question: Question,
  /** Id and address below the API's root. */
  requests: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, HttpAnswer>> => {
  const { now: clock, log } = session;
  const found = new Map<string, HttpAnswer>();
  let open = [...requests];
  for (let tried = 1; open.length > 0; tried += 1) {
    const answers = await ask(client, question, open);
    const again: typeof open = [];
    let wait = 0;
    for (const request of open) {
      const answer = answers.get(request[0]);
      if (answer === undefined)
        throw new Fault("directory.bad_response", {
          host: client.host,
          field: question.what,
          reason: "missing in a batch",
        });
      if (tried < tries && [429, 502, 503, 504].includes(answer.status)) {
        again.push(request);
        wait = Math.max(wait, retryAfter(answer, clock.now()) ?? 1000 * 2 ** tried);
      } else found.set(request[0], answer);
    }
    open = again;
    if (open.length === 0) break;
    log.info("directory asks for a pause", { host: client.host, seconds: Math.ceil(wait / 1000), parts: open.length });
    // Whoever comes meanwhile would be refused as well.
    client.pause(wait);
  }
  return found;
};

const ask = async (
  client: Client,
  question: Question,
  requests: readonly (readonly [id: string, url: string])[],
): Promise<Map<string, HttpAnswer>> => {
  const url = client.url("/$batch");
  const post = { requests: requests.map(([id, target]) => ({ id, method: "GET", url: target })) };
  const { responses } = await client.get(url, Batch, {
    ...question,
    cost: (question.cost ?? 1) * requests.length,
    post,
  });
  return new Map(
    responses.map(({ id, status, headers, body }) => [
      id,
      {
        kind: "answer",
        status,
        headers: Object.fromEntries(Object.entries(headers ?? {}).map(([name, text]) => [name.toLowerCase(), text])),
        text: JSON.stringify(body) ?? "",
        json: () => body,
        url: url.href,
      },
    ]),
  );
};
