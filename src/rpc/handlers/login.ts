import type { Config, OrganizationConfig } from "../../config/schema.ts";
import { readText, referenceText } from "../../config/text.ts";
import type { Diagnostic } from "../../core/diagnostic.ts";
import { Fault, faultKinds, type FaultCode } from "../../core/fault.ts";
import type { Runtime } from "../../engine/dependencies.ts";
import { organizationIdOf } from "../../engine/profile.ts";
import type { Probe } from "../../organizations/organization.ts";
import type { Input, Output } from "../contract.ts";
import { readApiKey, type ApiKey } from "./api-key.ts";
import { audit } from "./common.ts";
import type { HandlerDependencies } from "./dependencies.ts";
import { keepSecret, keptIn } from "./stored-secret.ts";
import { noteLine } from "./wire.ts";

/**
 * Logs in with an organization's key and keeps it. Nothing is stored before the server has accepted the key; a new
 * secret for a known organization replaces the old one in place, and no profile ever changes its organization by this.
 */
export const login = async (
  dependencies: HandlerDependencies,
  input: Input<"organizations.login">,
  runtime: Runtime,
): Promise<Output<"organizations.login">> => {
  const { configuration } = dependencies;
  const key = readApiKey(input);
  if (await configuration.isLocked())
    throw new Fault("config.locked", { path: configuration.file, field: "organizations" });
  const { config } = await configuration.read();
  const name = chooseName(config, input.name, key);
  const known = config.organizations[name];
  refuseOther(config, name, known, key, input.server);
  const address = {
    server: input.server,
    ...(input.apiUrl === undefined ? {} : { apiUrl: input.apiUrl }),
    ...(input.identityUrl === undefined ? {} : { identityUrl: input.identityUrl }),
  };
  const probe = await dependencies.probe(address, runtime);
  const findings = await tryKey(dependencies, { ...address, ...key }, runtime);
  const storedIn = await store(dependencies, { input, name, known, key });
  await audit(dependencies, known === undefined ? "login" : "login.renewed", { detail: `${name} at ${input.server}` });
  return {
    ...described(probe),
    name,
    server: input.server,
    organizationId: key.organizationId,
    replaced: known !== undefined,
    storedIn,
    owners: (input.owners ?? known?.owners) !== undefined,
    findings: findings.map(noteLine),
  };
};

/** The name asked for; else the one this organization has; else the first free one. */
const chooseName = (config: Config, asked: string | undefined, key: ApiKey): string => {
  if (asked !== undefined) return asked;
  const organizations = Object.entries(config.organizations);
  const same = organizations.find(([, organization]) => organizationIdOf(organization) === key.organizationId);
  if (same !== undefined) return same[0];
  const taken = new Set(organizations.map(([name]) => name));
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? "main" : `main-${number}`;
    if (!taken.has(name)) return name;
  }
};

/** The links, history and guards of a profile belong to one organization: a key of another one is never taken for it. */
const refuseOther = (
  config: Config,
  name: string,
  known: OrganizationConfig | undefined,
  key: ApiKey,
  server: string,
): void => {
  if (known === undefined || organizationIdOf(known) === key.organizationId) return;
  if (!Object.values(config.profiles).some((profile) => profile.organization === name)) return;
  throw new Fault("organization.other", { server, found: key.organizationId, expected: organizationIdOf(known) });
};

/** Asks the server; a finding that is an error is the refusal. */
const tryKey = async (
  dependencies: HandlerDependencies,
  settings: Parameters<HandlerDependencies["openOrganization"]>[0],
  runtime: Runtime,
): Promise<Diagnostic[]> => {
  await using organization = await dependencies.openOrganization(settings, runtime);
  const findings = await organization.check();
  const failed = findings.find((finding) => finding.severity === "error");
  if (failed !== undefined && isFaultCode(failed.code)) throw new Fault(failed.code, failed.params ?? {});
  return findings;
};
const isFaultCode = (code: string): code is FaultCode => Object.hasOwn(faultKinds, code);

interface Accepted {
  readonly input: Input<"organizations.login">;
  readonly name: string;
  readonly known: OrganizationConfig | undefined;
  readonly key: ApiKey;
}

/** The secret first, then the configuration that refers to it: a failure between the two leaves the old log-in or none. */
const store = async (dependencies: HandlerDependencies, { input, name, known, key }: Accepted): Promise<string> => {
  const { configuration, secrets, forgetTokens } = dependencies;
  const secretName = `organizations.${name}.clientSecret`;
  const former = known === undefined ? undefined : keptIn(known.clientSecret);
  const { reference, storedIn } =
    input.reference === undefined
      ? await keepSecret(dependencies, secretName, key.clientSecret, input.store ?? former)
      : { reference: readText({ is: "secret" }, input.reference), storedIn: undefined };
  try {
    await configuration.edit((draft) => {
      const { apiUrl: _api, identityUrl: _identity, ...rest } = draft.organizations[name] ?? {};
      draft.organizations[name] = {
        ...rest,
        server: input.server,
        ...(input.apiUrl === undefined ? {} : { apiUrl: input.apiUrl }),
        ...(input.identityUrl === undefined ? {} : { identityUrl: input.identityUrl }),
        clientId: key.clientId,
        clientSecret: reference,
        ...(input.owners === undefined ? {} : { owners: input.owners.map((owner) => owner.trim().toLowerCase()) }),
      };
    });
  } catch (error) {
    if (known === undefined && storedIn !== undefined) await (await secrets.store(storedIn)).delete(secretName);
    throw error;
  }
  if (former !== undefined && former !== storedIn) await (await secrets.store(former)).delete(secretName);
  if (known !== undefined) await forgetTokens();
  return storedIn ?? referenceText(reference);
};

/** What answered, for the sentence that tells it. */
export const described = ({
  dialect,
  version,
  region,
}: Probe): { dialect: string; version?: string; region?: string } => ({
  dialect,
  ...(version === undefined ? {} : { version }),
  ...(region === undefined ? {} : { region }),
});
