import {
  contract,
  type CallOptions,
  type Client,
  type Input,
  type Output,
  type ProcedureName,
} from "../src/rpc/contract.ts";
import { Fault } from "../src/core/fault.ts";
import { connect } from "../src/rpc/peer.ts";
import type { Link } from "../src/rpc/links/link.ts";
import { host } from "./host.ts";
import { hostLinks } from "./links/host.ts";
import { socketLink } from "./links/socket.ts";

/**
 * How the page stands with the engine. `away`: tried again by itself; `ended`: only a new page starts another; `shut`: it
 * is there again, but lets this browser in only by a new link.
 */
type Standing = "connecting" | "open" | "away" | "ended" | "shut";

let standing = $state<Standing>("connecting");
let reason = $state("");
let client: Client | undefined;
/** Those who wait until there is an engine. */
const waiting: { readonly resolve: (client: Client) => void; readonly reject: (fault: Fault) => void }[] = [];
const opened = new Set<() => void>();

/** Whether the engine can be asked, and why not. */
export const connection = {
  get standing(): Standing {
    return standing;
  },
  get reason(): string {
    return reason;
  },
  /** Called each time an engine can be asked, the first time included: what was shown may be old. Gives what ends that. */
  onOpen: (listener: () => void): (() => void) => {
    opened.add(listener);
    if (standing === "open") listener();
    return () => void opened.delete(listener);
  },
};

/** Asks the engine; waits while there is none. Rejects with its Fault, `rpc.closed` when it ends in between. */
export const call = async <Name extends ProcedureName>(
  name: Name,
  input: Input<Name>,
  options?: CallOptions,
): Promise<Output<Name>> => (await whenOpen()).call(name, input, options);

/** Begins, and goes on for as long as the page is there. */
export const start = (): void => {
  if (host === undefined) void keepSocket();
  else
    void hostLinks(host, {
      onLink: open,
      onEnd: ({ reason: why, again }) => {
        reason = why;
        lose(again ? "away" : "ended");
      },
    }).catch((error: unknown) => {
      reason = String(error);
      lose("ended");
    });
};

const whenOpen = (): Promise<Client> => {
  if (client !== undefined) return Promise.resolve(client);
  if (standing === "ended" || standing === "shut") return Promise.reject(new Fault("rpc.closed", {}));
  return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
};

const open = (link: Link): void => {
  client = connect(contract, link);
  standing = "open";
  reason = "";
  for (const { resolve } of waiting.splice(0)) resolve(client);
  for (const listener of opened) listener();
};

const lose = (next: Standing): void => {
  client = undefined;
  standing = next;
  if (next === "ended" || next === "shut")
    for (const { reject } of waiting.splice(0)) reject(new Fault("rpc.closed", {}));
};

/** Milliseconds between two attempts to reach the server of the page. */
const pauses = [300, 1000, 2000, 5000];

const keepSocket = async (): Promise<void> => {
  for (let failed = 0; ;) {
    try {
      const link = await socketLink(location);
      failed = 0;
      open(link);
      await new Promise<void>((resolve) => link.onClose(resolve));
      lose("away");
    } catch {
      if (await isShutOut()) return lose("shut");
      lose("away");
    }
    await new Promise((resolve) => setTimeout(resolve, pauses[Math.min(failed, pauses.length - 1)]));
    failed += 1;
  }
};

/** Whether whoever serves the page answers, but this browser's link ended with the program that gave it. */
const isShutOut = async (): Promise<boolean> => {
  try {
    return (await fetch("./", { method: "HEAD", cache: "no-store" })).status === 403;
  } catch {
    return false;
  }
};
