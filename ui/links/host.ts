import { createReceiver, type Link } from "../../src/rpc/links/link.ts";
import type { Host } from "../host.ts";

export interface HostLinks {
  /** An engine has started: a new link to it. */
  readonly onLink: (link: Link) => void;
  /** It ended. `again`: another one is being started. */
  readonly onEnd: (ended: { readonly reason: string; readonly again: boolean }) => void;
}

/** The engine beside the program's own window: each one that starts is a link of its own. Rejects where none can be started. */
export const hostLinks = async (host: Host, { onLink, onEnd }: HostLinks): Promise<void> => {
  let receiver = createReceiver();
  await host.connectEngine((told) => {
    if (told === "started") {
      const own = createReceiver();
      receiver = own;
      onLink({
        ...own.link,
        send: (text) => {
          if (own.isOpen()) host.sendToEngine(text).catch(() => own.end());
        },
        close: () => own.end(),
      });
    } else if ("line" in told) receiver.deliver(told.line);
    else {
      receiver.end();
      onEnd(told.ended);
    }
  });
};
