import type { Directory } from "./directory.ts";

/** Every directory by its kind, loaded when it is needed. Adding one is a line here and one in `configs.ts`. */
const loaders = {
  entra: async () => (await import("./entra/index.ts")).entraDirectory,
  file: async () => (await import("./file/index.ts")).fileDirectory,
  google: async () => (await import("./google/index.ts")).googleDirectory,
  ldap: async () => (await import("./ldap/index.ts")).ldapDirectory,
  okta: async () => (await import("./okta/index.ts")).oktaDirectory,
  onelogin: async () => (await import("./onelogin/index.ts")).oneLoginDirectory,
} satisfies Record<string, () => Promise<AnyDirectory>>;

/** A directory whose configuration was checked against the schema of its kind. */
export type AnyDirectory = Directory<{ readonly kind: string }>;
export type DirectoryKind = keyof typeof loaders;

export const directoryKinds: readonly string[] = Object.keys(loaders);

export const isDirectoryKind = (kind: string): kind is DirectoryKind => Object.hasOwn(loaders, kind);

export const loadDirectory = async (kind: DirectoryKind): Promise<AnyDirectory> => loaders[kind]();
