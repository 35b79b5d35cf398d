import type { Ability, OrganizationKind, Probe } from "../organization.ts";
import { collect } from "../wire/collect.ts";
import { openClient } from "../wire/open-client.ts";
import { checkOrganization } from "./check.ts";
import { encodeRows } from "./encode.ts";
import { createReader } from "./read.ts";
import { createSender } from "./send.ts";

/** The official server, in the cloud and self-hosted. */
export const bitwarden: OrganizationKind = {
  dialects: ["official-cloud", "official-selfhost"],
  open: async (settings, probe, dependencies) => {
    const { log, progress } = dependencies;
    const { client, key } = await openClient(settings, { urls: probe, region: probe.region, timeouts }, dependencies);
    const reader = createReader(client, probe.dialect === "official-cloud");
    const send = createSender(client, reader, { staging: probe.staging, log });
    return {
      probe,
      organizationId: key.organizationId,
      abilities: abilitiesOf(probe),
      check: () => checkOrganization(client, reader, { probe, knownSeats: settings.seats }),
      read: (memberships) => reader.state(memberships, progress),
      encode: async function* (rows, known) {
        yield* encodeRows(await collect(rows), known, { server: client.server, staging: probe.staging });
      },
      send,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  },
};

/** A server goes on working after its proxy (90 to 100 s) has given up. */
const timeouts = { read: 120_000, write: 180_000 };

const abilitiesOf = ({ dialect, staging }: Probe) => {
  const yes: Ability = "yes";
  return {
    read: yes,
    revoke: yes,
    restore: yes,
    remove: yes,
    renameGroup: yes,
    removeGroup: yes,
    stage: staging ? yes : { no: "ability.stage_flag" },
    seats: dialect === "official-cloud" ? yes : { no: "ability.seats_selfhost" },
  };
};
