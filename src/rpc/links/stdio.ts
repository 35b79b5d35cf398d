import type { Readable, Writable } from "node:stream";
import { createReceiver, isTooLarge, type Link } from "./link.ts";

/**
 * A conversation over standard input and output, one line a message: the engine beside a desktop window. It closes when
 * the input ends, which is how the engine learns that its window is gone, however that died, and when nobody reads the
 * output any more. A line longer than a message may be closes it too.
 */
export const stdioLink = (input: Readable, output: Writable): Link => {
  const receiver = createReceiver();
  let rest = "";
  const close = (): void => {
    receiver.end();
    input.off("data", take);
    input.pause();
  };
  const take = (part: string): void => {
    const lines = (rest + part).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") receiver.deliver(line);
    if (isTooLarge(rest)) close();
  };
  input.setEncoding("utf8").on("data", take).once("end", close).once("close", close).once("error", close);
  output.once("close", close).on("error", close);
  return {
    ...receiver.link,
    send: (text) => {
      if (receiver.isOpen()) output.write(`${text}\n`);
    },
    close,
  };
};
