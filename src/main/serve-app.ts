import { contract } from "../rpc/contract.ts";
import type { Link } from "../rpc/links/link.ts";
import { serve, type Serving } from "../rpc/peer.ts";
import type { App } from "./app.ts";
import { systemClock } from "./clock.ts";

/** Answers the contract's calls that arrive over a link. */
export const serveApp = (app: App, link: Link): Serving =>
  serve(contract, app.handlers, link, {
    timer: systemClock,
    redact: app.redact,
    onDefect: (name, error) => app.log.error("defect", { call: name, error }),
  });
