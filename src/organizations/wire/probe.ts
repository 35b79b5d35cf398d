import { z } from "zod";
import { Fault } from "../../core/fault.ts";
import type { Http, HttpAnswer, HttpReply, HttpRequest } from "../../http/request.ts";
import { failureFault, answerFault, type Asked } from "./faults.ts";
import { readUrls, serverName, type ServerAddress, type ServerUrls } from "./urls.ts";

/** Who answers at an address, learnt without logging in. */
export interface ProbedServer {
  readonly dialect: "official-cloud" | "official-selfhost" | "vaultwarden";
  readonly version?: string;
  readonly region?: string;
  readonly api: string;
  readonly identity: string;
  readonly vault: string;
  readonly staging: boolean;
}

export interface ProbeInput {
  readonly http: Http;
  readonly address: ServerAddress;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly call: Pick<HttpRequest, "signal" | "onWait">;
}

/**
 * Asks a server what it is (`GET {api}/config`). A cloud known by its name needs no answer to be known. Faults:
 * `organization.url_invalid`, `.insecure`, `.unreachable`, `.tls`, `.unavailable`, `.rate_limited`, and
 * `organization.not_bitwarden {server, reason}` where something else answers (reasons `redirect`, `page`, `other`).
 */
export const probe = async ({ http, address, now, call }: ProbeInput): Promise<ProbedServer> => {
  const urls = readUrls(address);
  const server = serverName(urls);
  const asked: Asked = { server, what: "config", now: now(), hide: (text) => text };
  const ask = (path: string): Promise<HttpReply> =>
    http.send({
      url: `${urls.api}${path}`,
      headers: { accept: "application/json" },
      timeout: 20_000,
      deadline: 90_000,
      limit: 5_000_000,
      repeat: "always",
      ...call,
    });
  const reply = await ask("/config");
  const config = reply.kind === "answer" && reply.status === 200 ? Config.safeParse(reply.json()).data : undefined;
  if (config !== undefined) return fromConfig(config, urls);
  if (urls.region !== undefined) return fromCloud(urls, reply, asked);
  if (reply.kind === "failure") throw failureFault(reply, asked);
  if (reply.status === 429 || reply.status >= 500) throw answerFault(reply, asked);
  const version = reply.status === 404 ? await ask("/version") : undefined;
  return fromVersion(version, urls) ?? notBitwarden(reply, asked);
};

const Config = z.object({
  object: z.literal("config").optional(),
  version: z.string().optional(),
  server: z.object({ name: z.string().nullish() }).nullish(),
  environment: z.object({ cloudRegion: z.string().nullish(), identity: z.string().nullish() }),
  featureStates: z.record(z.string(), z.unknown()).nullish(),
});

const fromConfig = (config: z.infer<typeof Config>, urls: ServerUrls): ProbedServer => {
  const region = config.environment.cloudRegion ?? urls.region;
  const cloud = urls.region !== undefined || (config.environment.cloudRegion ?? "") !== "";
  const isVaultwarden = config.server?.name?.toLowerCase() === "vaultwarden";
  return {
    dialect: isVaultwarden ? "vaultwarden" : cloud ? "official-cloud" : "official-selfhost",
    ...(config.version === undefined ? {} : { version: config.version }),
    ...(region === undefined || region === "" || isVaultwarden ? {} : { region }),
    ...bases(urls),
    staging: !isVaultwarden && config.featureStates?.["pm-34423-staged-status"] === true,
  };
};

/** The clouds are what they are; when the way there fails, that is the thing to say. */
const fromCloud = (urls: ServerUrls, reply: HttpReply, asked: Asked): ProbedServer => {
  if (reply.kind === "failure") throw failureFault(reply, asked);
  return {
    dialect: "official-cloud",
    ...(urls.region === undefined ? {} : { region: urls.region }),
    ...bases(urls),
    staging: false,
  };
};

/** Servers too old for `config` tell their version: the official one counts in years, Vaultwarden from 1. */
const fromVersion = (reply: HttpReply | undefined, urls: ServerUrls): ProbedServer | undefined => {
  const version = reply?.kind === "answer" && reply.status === 200 ? reply.json() : undefined;
  const major = typeof version === "string" ? Number(/^(\d+)\.\d+\.\d+/u.exec(version)?.[1]) : Number.NaN;
  if (typeof version !== "string" || Number.isNaN(major)) return undefined;
  return { dialect: major < 1000 ? "vaultwarden" : "official-selfhost", version, ...bases(urls), staging: false };
};

const bases = ({ api, identity, vault }: ServerUrls) => ({ api, identity, vault });

const notBitwarden = (answer: HttpAnswer, asked: Asked): never => {
  const { server } = asked;
  const redirected = answerFault(answer, asked);
  if (redirected.code === "organization.not_bitwarden") throw redirected;
  const page = answer.json() === undefined && /^\s*</u.test(answer.text);
  throw new Fault("organization.not_bitwarden", {
    server,
    reason: page ? "page" : "other",
    detail: `HTTP ${answer.status}`,
  });
};
