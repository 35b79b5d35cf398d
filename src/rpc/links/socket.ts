import type { WebSocket } from "ws";
import { createReceiver, type Link } from "./link.ts";

/** What may wait for a reader that does not keep up, in bytes; a page that fell that far behind is gone. */
const mostWaiting = 16_000_000;

/** The server's end of a WebSocket: the engine that a page in the browser speaks to. Binary messages end the conversation. */
export const socketLink = (socket: WebSocket): Link => {
  const receiver = createReceiver();
  socket.on("message", (data: Buffer, isBinary) => {
    if (isBinary) socket.close(1003);
    else receiver.deliver(data.toString("utf8"));
  });
  // A message that is too large or no text closes the socket by itself; that is all there is to say about it.
  socket.on("error", () => undefined);
  socket.on("close", receiver.end);
  return {
    ...receiver.link,
    send: (text) => {
      if (!receiver.isOpen()) return;
      if (socket.bufferedAmount > mostWaiting) socket.terminate();
      else socket.send(text);
    },
    close: () => socket.close(1000),
  };
};
