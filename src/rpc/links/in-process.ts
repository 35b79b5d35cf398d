import { createReceiver, type Link } from "./link.ts";

/** Both ends in one process: the command line and the engine. A message arrives after the code that sent it has let go. */
export const inProcessLink = (): { readonly client: Link; readonly server: Link } => {
  const client = createReceiver();
  const server = createReceiver();
  const close = (): void => {
    client.end();
    server.end();
  };
  const to = (other: ReturnType<typeof createReceiver>): Pick<Link, "send" | "close"> => ({
    send: (text) => {
      if (other.isOpen()) queueMicrotask(() => other.deliver(text));
    },
    close,
  });
  return { client: { ...client.link, ...to(server) }, server: { ...server.link, ...to(client) } };
};
