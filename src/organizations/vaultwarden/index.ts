import { Fault } from "../../core/fault.ts";
import type { OrganizationAbilities, OrganizationKind } from "../organization.ts";
import { collect } from "../wire/collect.ts";
import { openClient } from "../wire/open-client.ts";
import { importBody } from "../wire/import-body.ts";
import { judgeWrite, type Outcome } from "../wire/outcome.ts";
import { encodeRows } from "./encode.ts";
import { expected } from "./expected.ts";

/** Vaultwarden: the organization's key can import and nothing else, so nothing is ever read. */
export const vaultwarden: OrganizationKind = {
  dialects: ["vaultwarden"],
  open: async (settings, probe, dependencies) => {
    const { client, key } = await openClient(settings, { urls: probe, timeouts }, dependencies);
    const { server } = client;
    return {
      probe,
      organizationId: key.organizationId,
      abilities,
      check: () =>
        Promise.resolve([
          {
            code: "check.organization.reached",
            severity: "ok",
            params: { server, dialect: probe.dialect, version: probe.version ?? "none", region: "none" },
          },
          { code: "check.organization.logged_in", severity: "ok", params: { server } },
          ...consequences.map((code) => ({ code, severity: "info" as const })),
        ]),
      encode: async function* (rows, known) {
        yield* encodeRows(await collect(rows), known, server);
      },
      expected,
      send: async (step) => {
        if (step.kind !== "import") throw new Fault("internal.defect", { reason: `Vaultwarden has no ${step.kind}` });
        return stillBusy(
          judgeWrite(await client.write("POST", "/organization/import", importBody(step)), client.asked("import")),
        );
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  },
};

/**
 * Two imports of the same new people at once end with this for one of them (measured: organization protocol §11.2). The other
 * one is ours: a request whose answer got lost goes on there. So what became of the people is not known yet.
 */
const stillBusy = (outcome: Outcome): Outcome =>
  outcome.outcome === "refused" &&
  outcome.status === 400 &&
  outcome.messages.some((text) => text.startsWith("Error saving user"))
    ? { outcome: "unknown", reason: "busy" }
    : outcome;

/** Memberships are slow in a large organization (organization protocol §11.5). */
const timeouts = { read: 120_000, write: 600_000 };

/** What an admin cannot have here, whatever the settings say; words tell what comes of it. */
const consequences = [
  "ability.vaultwarden_read",
  "ability.vaultwarden_address",
  "ability.vaultwarden_remove",
  "ability.vaultwarden_groups",
  "ability.vaultwarden_rename",
  "ability.vaultwarden_remove_group",
  "ability.vaultwarden_stage",
  "ability.vaultwarden_seats",
] as const;

const abilities: OrganizationAbilities = {
  read: { no: "ability.vaultwarden_read" },
  revoke: "yes",
  restore: "yes",
  remove: { no: "ability.vaultwarden_remove" },
  renameGroup: { no: "ability.vaultwarden_rename" },
  removeGroup: { no: "ability.vaultwarden_remove_group" },
  stage: { no: "ability.vaultwarden_stage" },
  seats: { no: "ability.vaultwarden_seats" },
};
