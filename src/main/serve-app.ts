import { contract, type ProcedureName } from "../rpc/contract.ts";
import type { Link } from "../rpc/links/link.ts";
import { serve, type Serving } from "../rpc/peer.ts";
import type { App } from "./app.ts";
import { systemClock } from "./clock.ts";

/** Answers the contract's calls that arrive over a link; `outlives`: those that go on when it closes. */
export const serveApp = (app: App, link: Link, outlives: ReadonlySet<string> = new Set()): Serving =>
  serve(contract, app.handlers, link, {
    timer: systemClock,
    redact: app.redact,
    onDefect: (name, error) => app.log.error("defect", { call: name, error }),
    outlives,
  });

/** Answers every call with what kept the engine from being opened, as a call that had opened it would. */
export const serveFailure = (error: unknown, link: Link): Serving => {
  const fail = async (): Promise<never> => {
    throw error;
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- one for every name of the contract
  const handlers = Object.fromEntries(Object.keys(contract).map((name) => [name, fail])) as Record<
    ProcedureName,
    typeof fail
  >;
  return serve(contract, handlers, link, { timer: systemClock, redact: (text) => text, onDefect: () => undefined });
};
