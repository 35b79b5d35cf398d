import { referenceText } from "../../config/text.ts";
import { Fault } from "../../core/fault.ts";
import type { Handlers } from "../contract.ts";
import { audit, runtimeOf } from "./common.ts";
import type { HandlerDependencies } from "./dependencies.ts";
import { described, login } from "./login.ts";
import { removeSecret } from "./stored-secret.ts";

type Names = "organizations.list" | "organizations.probe" | "organizations.login" | "organizations.logout";

export const organizationHandlers = (dependencies: HandlerDependencies): Pick<Handlers, Names> => ({
  "organizations.list": async () => {
    const { config } = await dependencies.configuration.read();
    const organizations = await Promise.all(
      Object.entries(config.organizations).map(async ([name, { server, clientId, clientSecret }]) => ({
        name,
        server,
        clientId,
        loggedIn: await isReadable(dependencies, `organizations.${name}.clientSecret`, clientSecret),
      })),
    );
    return { organizations };
  },

  "organizations.probe": async ({ server, apiUrl, identityUrl }, options) => {
    const probe = await dependencies.probe(
      {
        server,
        ...(apiUrl === undefined ? {} : { apiUrl }),
        ...(identityUrl === undefined ? {} : { identityUrl }),
      },
      runtimeOf(options),
    );
    const { api, identity, vault, staging } = probe;
    return { ...described(probe), api, identity, vault, staging };
  },

  "organizations.login": (input, options) => login(dependencies, input, runtimeOf(options)),

  "organizations.logout": async ({ name: asked }) => {
    const { config } = await dependencies.configuration.read();
    const known = Object.keys(config.organizations);
    const name = asked ?? onlyName(known);
    const organization = config.organizations[name];
    if (organization === undefined) throw new Fault("organization.unknown", { name, known });
    const removed = await removeSecret(dependencies, `organizations.${name}.clientSecret`, organization.clientSecret);
    await dependencies.forgetTokens();
    await audit(dependencies, "logout", { detail: name });
    return { name, removed, reference: referenceText(organization.clientSecret) };
  },
});

const onlyName = (known: readonly string[]): string => {
  const [only, ...others] = known;
  if (only === undefined) throw new Fault("organization.none", {});
  if (others.length > 0) throw new Fault("organization.ambiguous", { count: known.length, known });
  return only;
};

const isReadable = async (
  { secrets }: HandlerDependencies,
  name: string,
  reference: Parameters<HandlerDependencies["secrets"]["resolve"]>[1],
): Promise<boolean> => {
  try {
    await secrets.resolve(name, reference);
    return true;
  } catch {
    return false;
  }
};
