/** Everything that can be made to go wrong, changeable while the sandbox runs. */
export interface Control {
  /** Added to every answer. */
  latencyMs: number;
  /** How long new tokens live. */
  tokenLifetimeSeconds: number;
  /** How long past its end a token is still taken: the official server is lenient by five minutes, Vaultwarden not at all. */
  tokenToleranceSeconds: number;
  /** How far the server's clock runs ahead (or behind, when negative). */
  clockSkewMs: number;
  /** The limit of a proxy in front: a larger body gets its HTML page with 413. Undefined is no proxy. */
  bodyLimitBytes: number | undefined;
  /** The limits of the dialect: the cloud's, or Vaultwarden's login bucket. Self-hosted official servers have none. */
  rateLimits: boolean;
  /** Vaultwarden with mail on: addresses (lower case) whose invitation cannot be sent. */
  readonly mailFailsFor: Set<string>;
  /** Faults in the order they are looked at; push and splice freely. */
  readonly faults: FaultRule[];
  /** Called before a request is handled and after (then with `status`); the sandbox waits for it. */
  onRequest: RequestHook | undefined;
}

export type RequestHook = (when: "before" | "after", info: RequestInfo) => void | Promise<void>;

export interface RequestInfo {
  readonly method: string;
  /** Without `/api` or `/identity`, e.g. `/public/organization/import`, `/connect/token`. */
  readonly path: string;
  readonly bytes: number;
  /** The answer the server made, before an "after" fault replaced it. */
  readonly status?: number;
}

/** A fault and the requests it strikes. */
export interface FaultRule {
  readonly method?: string;
  /** Text must equal the path without prefix; undefined is any. */
  readonly path?: string | RegExp;
  /** Strike first at the k-th matching request since the rule was added, counted from 1. */
  readonly at?: number;
  /** How many requests to strike from there: 1 when `at` is given, else all. */
  readonly times?: number;
  readonly fault: Fault;
}

/** `when` says whether the server does its work before the fault shows. */
export type Fault =
  | { readonly kind: "fail-after-step"; readonly step: number }
  | {
      readonly kind: "status";
      readonly status: number;
      readonly when: "before" | "after";
      readonly html?: boolean;
      readonly body?: string;
    }
  | { readonly kind: "throttle"; readonly retryAfterSeconds?: number }
  | { readonly kind: "redirect"; readonly location: string; readonly status?: 301 | 302 | 303 | 307 | 308 }
  | { readonly kind: "hang"; readonly when: "before" | "after" }
  | { readonly kind: "close"; readonly when: "before" | "after" }
  | { readonly kind: "delay"; readonly milliseconds: number };

/** Knobs as a healthy server has them. */
export function defaultControl(dialect: string): Control {
  return {
    latencyMs: 0,
    tokenLifetimeSeconds: 3600,
    tokenToleranceSeconds: dialect === "vaultwarden" ? 0 : 300,
    clockSkewMs: 0,
    bodyLimitBytes: undefined,
    rateLimits: false,
    mailFailsFor: new Set(),
    faults: [],
    onRequest: undefined,
  };
}

/** Counts matching requests per rule and gives the faults that strike this one. */
export function createFaultMatcher(control: Control): (method: string, path: string) => Fault[] {
  const seen = new WeakMap<FaultRule, number>();
  return (method, path) => {
    const struck: Fault[] = [];
    for (const rule of control.faults) {
      if (!matches(rule, method, path)) continue;
      const count = (seen.get(rule) ?? 0) + 1;
      seen.set(rule, count);
      const first = rule.at ?? 1;
      const times = rule.times ?? (rule.at === undefined ? Number.POSITIVE_INFINITY : 1);
      if (count >= first && count < first + times) struck.push(rule.fault);
    }
    return struck;
  };
}

function matches(rule: FaultRule, method: string, path: string): boolean {
  if (rule.method !== undefined && rule.method !== method) return false;
  if (rule.path === undefined) return true;
  return typeof rule.path === "string" ? rule.path === path : rule.path.test(path);
}
