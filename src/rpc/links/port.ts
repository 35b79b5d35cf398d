import type { MessagePort } from "node:worker_threads";
import { createReceiver, type Link } from "./link.ts";

/**
 * One end of a MessageChannel: the engine in a worker thread. The other end's death closes the port, so that whoever
 * waits for an answer is told. An open link keeps the process alive.
 */
export const portLink = (port: MessagePort): Link => {
  const receiver = createReceiver();
  port.on("message", (text: unknown) => {
    if (typeof text === "string") receiver.deliver(text);
  });
  port.on("close", receiver.end);
  return {
    ...receiver.link,
    send: (text) => {
      if (receiver.isOpen()) port.postMessage(text);
    },
    close: () => {
      receiver.end();
      port.close();
    },
  };
};
