import { createReceiver, type Link } from "../../src/rpc/links/link.ts";

/** The engine behind the page that `serve` shows: a WebSocket at the page's own origin. Resolves when it is open, rejects when it cannot be. */
export const socketLink = (place: Location): Promise<Link> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(new URL("/engine", place.href.replace(/^http/u, "ws")));
    const receiver = createReceiver();
    socket.addEventListener("open", () =>
      resolve({
        ...receiver.link,
        send: (text) => {
          if (receiver.isOpen()) socket.send(text);
        },
        close: () => socket.close(),
      }),
    );
    socket.addEventListener("message", ({ data }) => {
      if (typeof data === "string") receiver.deliver(data);
    });
    socket.addEventListener("close", () => {
      receiver.end();
      reject(new Error("the connection was closed"));
    });
  });
