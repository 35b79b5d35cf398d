import { z } from "zod";
import { EntraConfig } from "./entra/config.ts";
import { FileConfig } from "./file/config.ts";
import { GoogleConfig } from "./google/config.ts";
import { LdapConfig } from "./ldap/config.ts";
import { OktaConfig } from "./okta/config.ts";

/** Every directory's configuration, by its `kind`. Adding a directory is a line here and one in `registry.ts`. */
export const directoryConfigs = {
  entra: EntraConfig,
  file: FileConfig,
  google: GoogleConfig,
  ldap: LdapConfig,
  okta: OktaConfig,
} as const;

export const DirectoryConfig = z.discriminatedUnion("kind", [
  EntraConfig,
  FileConfig,
  GoogleConfig,
  LdapConfig,
  OktaConfig,
]);
export type DirectoryConfig = z.infer<typeof DirectoryConfig>;
