import { leavesOf, shapeOf } from "../../config/shape.ts";
import { Config } from "../../config/schema.ts";
import { SecretReference } from "../../config/field.ts";
import { referenceText } from "../../config/text.ts";
import { Fault, isFault } from "../../core/fault.ts";
import type { Handlers } from "../contract.ts";
import { audit, faultShape } from "./common.ts";
import type { HandlerDependencies } from "./dependencies.ts";
import { keepSecret, keptIn, removeSecret } from "./stored-secret.ts";

export const secretHandlers = (
  dependencies: HandlerDependencies,
): Pick<Handlers, "secrets.set" | "secrets.clear" | "secrets.status"> => ({
  "secrets.set": async ({ name, secret, store }) => {
    const { config } = await dependencies.configuration.read();
    const before = secretAt(config, name);
    const { reference, storedIn } = await keepSecret(dependencies, name, secret, store ?? keptIn(before));
    if (referenceText(before) !== referenceText(reference))
      await dependencies.configuration.set(name, referenceText(reference));
    if (keptIn(before) !== storedIn) await removeSecret(dependencies, name, before);
    await audit(dependencies, "secret.set", { detail: name });
    return { name, storedIn };
  },

  "secrets.clear": async ({ name }) => {
    const { config } = await dependencies.configuration.read();
    const reference = secretAt(config, name);
    if (!(await removeSecret(dependencies, name, reference)))
      throw new Fault("secret.elsewhere", {
        field: name,
        place: reference === undefined ? "none" : referenceText(reference),
      });
    await audit(dependencies, "secret.clear", { detail: name });
    return { name };
  },

  "secrets.status": async () => {
    const { config } = await dependencies.configuration.read();
    return {
      secrets: await Promise.all(secretsIn(config).map((secret) => statusOf(dependencies, secret))),
      store: (await dependencies.secrets.store()).kind,
    };
  },
});

interface NamedSecret {
  readonly name: string;
  readonly reference: SecretReference;
}

/** Every secret setting that has a value; names are their dotted paths. */
export const secretsIn = (config: Config): NamedSecret[] =>
  [...leavesOf(shapeOf(Config), config)].flatMap(({ path, shape, value }) => {
    const reference = shape.type.is === "secret" ? SecretReference.safeParse(value).data : undefined;
    return reference === undefined ? [] : [{ name: path.join("."), reference }];
  });

export const statusOf = async (
  { secrets }: HandlerDependencies,
  { name, reference }: NamedSecret,
): Promise<{ name: string; reference: string; readable: boolean; fault?: ReturnType<typeof faultShape> }> => {
  const shown = { name, reference: referenceText(reference) };
  try {
    await secrets.resolve(name, reference);
    return { ...shown, readable: true };
  } catch (error) {
    if (!isFault(error)) throw error;
    return { ...shown, readable: false, fault: faultShape(error) };
  }
};

/** The reference a secret setting has, undefined without one; Fault `config.unknown_key` for what is no secret setting. */
const secretAt = (config: Config, name: string): unknown => {
  const secrets = [...leavesOf(shapeOf(Config), config)].filter(({ shape }) => shape.type.is === "secret");
  const found = secrets.find(({ path }) => path.join(".") === name);
  if (found !== undefined) return found.value;
  throw new Fault("config.unknown_key", {
    field: name,
    suggestion: nearest(
      name,
      secrets.map(({ path }) => path.join(".")),
    ),
  });
};

/** The secret setting that ends alike: somebody left out `profiles.main`. */
const nearest = (name: string, known: readonly string[]): string =>
  known.find((path) => path.endsWith(`.${name}`)) ?? known[0] ?? "none";
