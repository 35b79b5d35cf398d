import type { z } from "zod";
import type { Diagnostic } from "../../core/diagnostic.ts";
import type { NoteLine, PlanRowLine } from "../../core/plan-schema.ts";
import type { PlanRow } from "../../core/plan.ts";

/** Values of the core as the contract's schemas write them: no absent params, arrays of their own. */
type Params = Diagnostic["params"];
type WireParams = Record<string, string | number | boolean | string[]>;

export const noteLine = ({ code, severity, subject, params }: Diagnostic): z.input<typeof NoteLine> => ({
  code,
  severity,
  ...(subject === undefined ? {} : { subject: { ...subject } }),
  ...(params === undefined ? {} : { params: wireParams(params) }),
});

export const rowLine = ({ add, remove, removeByEmail, because, ...row }: PlanRow): z.input<typeof PlanRowLine> => ({
  ...row,
  because: {
    code: because.code,
    ...(because.params === undefined ? {} : { params: wireParams(because.params) }),
  },
  ...(add === undefined ? {} : { add: [...add] }),
  ...(remove === undefined ? {} : { remove: [...remove] }),
  ...(removeByEmail === undefined ? {} : { removeByEmail: [...removeByEmail] }),
});

export const wireParams = (params: NonNullable<Params>): WireParams => {
  const wire: WireParams = {};
  for (const [name, value] of Object.entries(params))
    if (value !== undefined) wire[name] = typeof value === "object" ? [...value] : value;
  return wire;
};
