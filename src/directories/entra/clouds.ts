import type { Resolved } from "../../config/field.ts";
import { readRoot } from "../wire/root.ts";
import type { EntraConfig } from "./config.ts";

/** Where a cloud's tokens come from and where its Graph is; tokens never cross clouds (Microsoft, "National cloud deployments"). */
const clouds = {
  global: { authority: "https://login.microsoftonline.com", graph: "https://graph.microsoft.com" },
  "us-government": { authority: "https://login.microsoftonline.us", graph: "https://graph.microsoft.us" },
  "us-government-dod": { authority: "https://login.microsoftonline.us", graph: "https://dod-graph.microsoft.us" },
  china: { authority: "https://login.chinacloudapi.cn", graph: "https://microsoftgraph.chinacloudapi.cn" },
} as const;

export interface Addresses {
  /** Of the token. */
  readonly token: URL;
  /** Root of the API, version included. */
  readonly graph: URL;
  /** What the token is asked for: exactly one resource, the Graph of the same cloud. */
  readonly scope: string;
}

/** Faults of `readRoot`. */
export const addressesOf = (config: Resolved<EntraConfig>): Addresses => {
  const preset = clouds[config.cloud];
  const authority = readRoot(config.authority ?? preset.authority);
  const graph = readRoot(config.graph ?? preset.graph);
  const tenant = encodeURIComponent(config.tenant.trim());
  return {
    token: new URL(`/${tenant}/oauth2/v2.0/token`, authority),
    graph: new URL("/v1.0", graph),
    scope: `${graph.origin}/.default`,
  };
};
