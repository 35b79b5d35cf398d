import { z } from "zod";
import { EntraConfig } from "./entra/config.ts";
import { FileConfig } from "./file/config.ts";
import { GoogleConfig } from "./google/config.ts";
import { LdapConfig } from "./ldap/config.ts";
import { OktaConfig } from "./okta/config.ts";
import { OneLoginConfig } from "./onelogin/config.ts";

/** Every directory's configuration, by its `kind`. Adding a directory is a line here and one in `registry.ts`. */
export const directoryConfigs = {
  entra: EntraConfig,
  file: FileConfig,
  google: GoogleConfig,
  ldap: LdapConfig,
  okta: OktaConfig,
  onelogin: OneLoginConfig,
} as const;

export const DirectoryConfig = z.discriminatedUnion("kind", [
  EntraConfig,
  FileConfig,
  GoogleConfig,
  LdapConfig,
  OktaConfig,
  OneLoginConfig,
]);
export type DirectoryConfig = z.infer<typeof DirectoryConfig>;
