import type { Diagnostic } from "../../core/diagnostic.ts";
import { isFault } from "../../core/fault.ts";
import { takesSeat } from "../../core/organization-state.ts";
import type { Probe } from "../organization.ts";
import type { Client } from "../wire/client.ts";
import type { Reader } from "./read.ts";

/** One finding a step, in order; the first that fails ends it. Changes nothing. */
export const checkOrganization = async (
  client: Client,
  reader: Reader,
  { probe, knownSeats }: { readonly probe: Probe; readonly knownSeats: number | undefined },
): Promise<Diagnostic[]> => {
  const { server } = client;
  const findings: Diagnostic[] = [
    {
      code: "check.organization.reached",
      severity: "ok",
      params: { server, dialect: probe.dialect, version: probe.version ?? "none", region: probe.region ?? "none" },
    },
  ];
  try {
    await client.login();
    findings.push({ code: "check.organization.logged_in", severity: "ok", params: { server } });
    const [members, groups, seats] = await Promise.all([reader.members(), reader.groups(), reader.seats()]);
    findings.push({
      code: "check.organization.readable",
      severity: "ok",
      params: { server, members: members.length, groups: groups.length },
    });
    const used = members.filter((member) => takesSeat(member.status)).length;
    const total = seats === undefined ? knownSeats : seats.total;
    const code = total !== undefined ? "seats" : seats === undefined ? "seats_unknown" : "seats_unlimited";
    findings.push({
      code: `check.organization.${code}`,
      severity: total !== undefined && used >= total ? "warning" : "ok",
      params: { server, used, ...(total === undefined ? {} : { total }) },
    });
    if (probe.staging) findings.push({ code: "check.organization.staging", severity: "info", params: { server } });
  } catch (error) {
    if (!isFault(error)) throw error;
    findings.push({ code: error.code, severity: "error", params: error.params });
  }
  return findings;
};
