import type { HttpAnswer } from "./request.ts";

/**
 * The texts of an answer that is an error, whatever its shape (of organizations: empty, HTML, `{error: "text"}`,
 * `{error: {…}}`, `{message, errors}`, `{message, validationErrors}`; directories' own: `{errorSummary, errorCauses}`, `{status: {message}}`). The inner texts of a wrapped error count before
 * its outer one, which says nothing. Without any text the answer's status is the text. `hide` takes out secrets that the
 * server repeats, before anything is shortened.
 */
export const readErrors = (
  answer: Pick<HttpAnswer, "status" | "text" | "headers" | "json">,
  hide: (text: string) => string,
): string[] => {
  const body = answer.json();
  const found = isRecord(body)
    ? [
        textsOf(body["errors"]),
        textsOf(body["validationErrors"]),
        textsOf(body["message"]),
        textsOf(isRecord(body["errorModel"]) ? body["errorModel"]["message"] : undefined),
        textsOf(body["error_description"]),
        errorTexts(body["error"]),
        [...textsOf(body["errorSummary"]), ...causes(body["errorCauses"])],
        isRecord(body["status"]) ? textsOf(body["status"]["message"]) : [],
      ].find((texts) => texts.length > 0)
    : body === undefined
      ? pageTitle(answer)
      : textsOf(body);
  const texts = [...new Set((found ?? []).map((text) => tidy(hide(text))))]
    .filter((text) => text !== "")
    .slice(0, most);
  return texts.length > 0 ? texts : [`HTTP ${answer.status}`];
};

/** The texts as the end of a sentence of ours: without their own full stop. */
export const sentence = (texts: readonly string[]): string => texts.join(" ").replace(/\.\s*$/u, "");

/** The `error` field of a token refusal (RFC 6749 §5.2), where there is one. */
export const errorCode = (answer: Pick<HttpAnswer, "json">): string | undefined => {
  const body = answer.json();
  return isRecord(body) && typeof body["error"] === "string" && body["error"] !== "" ? body["error"] : undefined;
};

/** A server may name every row of a request; the first ones tell enough. */
const most = 20;
const longest = 500;

/** Text, a list of texts, or lists by field; a field's name is said where it is more than a container's. */
const textsOf = (value: unknown): string[] => {
  if (typeof value === "string") return value.trim() === "" ? [] : [value];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([field, inner]) =>
    textsOf(inner).map((text) => (field === "" || field === "An error has occurred." ? text : `${field}: ${text}`)),
  );
};

const errorTexts = (error: unknown): string[] => {
  if (!isRecord(error)) return textsOf(error);
  return (
    [textsOf(error["description"]), textsOf(error["message"]), textsOf(error["reason"])].find(
      (texts) => texts.length > 0,
    ) ?? []
  );
};

/** Okta's details beside its `errorSummary`. */
const causes = (value: unknown): string[] =>
  Array.isArray(value) ? value.flatMap((cause) => (isRecord(cause) ? textsOf(cause["errorSummary"]) : [])) : [];

/** Every text in a value, however deep. */
export const textsBelow = (value: unknown): string[] => {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsBelow) : [];
};

/** What a proxy's HTML page is called, or a short plain text as it is. */
const pageTitle = ({ text, headers }: Pick<HttpAnswer, "text" | "headers">): string[] => {
  const title = /<title[^>]*>([^<]*)<\/title>/iu.exec(text)?.[1] ?? /<h1[^>]*>([^<]*)<\/h1>/iu.exec(text)?.[1];
  if (title !== undefined) return [title];
  return /html/iu.test(headers["content-type"] ?? "") || text.length > longest || text.startsWith("<") ? [] : [text];
};

/** One line, of bearable length. */
const tidy = (text: string): string => {
  const line = text.replaceAll(/[\s\p{Cc}]+/gu, " ").trim();
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
};

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
