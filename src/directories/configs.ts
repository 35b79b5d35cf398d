import { z } from "zod";
import { FileConfig } from "./file/config.ts";
import { LdapConfig } from "./ldap/config.ts";
import { OktaConfig } from "./okta/config.ts";

/** Every directory's configuration, by its `kind`. Adding a directory is a line here and one in `registry.ts`. */
export const directoryConfigs = { file: FileConfig, ldap: LdapConfig, okta: OktaConfig } as const;

export const DirectoryConfig = z.discriminatedUnion("kind", [FileConfig, LdapConfig, OktaConfig]);
export type DirectoryConfig = z.infer<typeof DirectoryConfig>;
