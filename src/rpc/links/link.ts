/** Two ends of a conversation speak through a link: whole messages of JSON text, in order, until it closes. */
export interface Link {
  /** Does nothing once the link is closed. */
  send(text: string): void;
  /** Messages that came before the listener are kept for it. */
  onMessage(listener: (text: string) => void): void;
  /** Called once when nothing more will arrive, whoever ended it; at once when that is so already. */
  onClose(listener: () => void): void;
  close(): void;
}

/** Bytes a message may have (architecture: RPC); lists come in pages, so nothing legitimate is larger. */
export const messageLimit = 1_000_000;

/** The bytes of a message in UTF-8, counted only where the text may be too long. */
export const isTooLarge = (text: string): boolean =>
  text.length > messageLimit ||
  (text.length * 3 > messageLimit && new TextEncoder().encode(text).length > messageLimit);

/** The part every link has: who listens, what came before anybody did, and whether it is over. */
export const createReceiver = (): {
  readonly link: Pick<Link, "onMessage" | "onClose">;
  readonly deliver: (text: string) => void;
  readonly end: () => void;
  readonly isOpen: () => boolean;
} => {
  const early: string[] = [];
  const onClose: (() => void)[] = [];
  let onMessage: ((text: string) => void) | undefined;
  let open = true;
  return {
    link: {
      onMessage: (listener) => {
        onMessage = listener;
        for (const text of early.splice(0)) listener(text);
      },
      onClose: (listener) => {
        if (open) onClose.push(listener);
        else listener();
      },
    },
    deliver: (text) => {
      if (!open) return;
      if (onMessage === undefined) early.push(text);
      else onMessage(text);
    },
    end: () => {
      if (!open) return;
      open = false;
      for (const listener of onClose.splice(0)) listener();
    },
    isOpen: () => open,
  };
};
