import type { SecretReference } from "../../config/field.ts";
import { referenceText } from "../../config/text.ts";
import type { HandlerDependencies } from "./dependencies.ts";

export type StoreKind = "keychain" | "sealed";

/** Which of our own stores keeps a secret; undefined for one kept by somebody else (a variable, a file, a command). */
export const keptIn = (reference: unknown): StoreKind | undefined => {
  const text = referenceText(reference);
  return text === "keychain" || text === "sealed" ? text : undefined;
};

/** Keeps a secret where it was asked for, else where it is now, else where the installation keeps secrets. */
export const keepSecret = async (
  { secrets }: HandlerDependencies,
  name: string,
  secret: string,
  kind: StoreKind | undefined,
): Promise<{ readonly reference: SecretReference; readonly storedIn: StoreKind }> => {
  const store = await secrets.store(kind);
  return { reference: await store.set(name, secret), storedIn: store.kind };
};

/** Removes a secret from our own store; false when it is kept by somebody else. */
export const removeSecret = async (
  { secrets }: HandlerDependencies,
  name: string,
  reference: unknown,
): Promise<boolean> => {
  const kind = keptIn(reference);
  if (kind === undefined) return false;
  const store = await secrets.store(kind);
  await store.delete(name);
  return true;
};
