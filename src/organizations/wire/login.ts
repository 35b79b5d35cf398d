import { z } from "zod";
import { Fault } from "../../core/fault.ts";
import type { Http, HttpAnswer, HttpRequest } from "../../http/request.ts";
import type { Token } from "../../http/token.ts";
import { errorCode, readErrors, sentence } from "../../http/error-texts.ts";
import { answerFault, succeeded, type Asked } from "./faults.ts";
import type { OrganizationKey } from "./key.ts";

/** What the program is, as servers log it. */
export interface Device {
  /** Stable UUID of this installation. */
  readonly installation: string;
  /** `linux` | `macos` | `windows` */
  readonly platform: string;
  readonly version: string;
}

export interface LoginInput {
  readonly http: Http;
  readonly identity: string;
  readonly key: OrganizationKey;
  readonly device: Device;
  /** `US`, `EU` … for the words of a refusal; absent on a server of one's own. */
  readonly region?: string | undefined;
  readonly asked: Asked;
  readonly call: Pick<HttpRequest, "signal" | "onWait">;
}

/**
 * Asks for an access token with every field that any server wants. Faults `organization.refused {server, region, reason}`
 * (reasons `unsaid`, `secret`, `organization`, or `said` with the server's text as `detail`) and those of `answerFault`.
 */
export const requestToken = async (input: LoginInput): Promise<Token> => {
  const { http, identity, key, device, asked, call } = input;
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: key.clientId,
    client_secret: key.clientSecret,
    scope: "api.organization",
    deviceIdentifier: device.installation,
    deviceName: device.platform,
    deviceType: String(deviceType(device.platform)),
  });
  const reply = await http.send({
    method: "POST",
    url: `${identity}/connect/token`,
    headers: { ...deviceHeaders(device), "content-type": "application/x-www-form-urlencoded" },
    body: form.toString(),
    timeout: 30_000,
    deadline: 180_000,
    limit: 1_000_000,
    repeat: "always",
    ...call,
  });
  if (reply.kind === "answer" && reply.status === 400) throw refusal(reply, input);
  if (reply.kind === "answer" && (reply.status === 404 || reply.status === 405))
    throw new Fault("organization.not_bitwarden", { server: asked.server, reason: "identity" });
  const answer = succeeded(reply, asked);
  const read = TokenReply.safeParse(answer.json());
  if (!read.success) throw new Fault("organization.not_bitwarden", { server: asked.server, reason: "token" });
  return { token: read.data.access_token, expiresAt: asked.now + read.data.expires_in * 1000 };
};

/** Sent with every request: both servers read the device type, and Vaultwarden answers errors in JSON only when asked to. */
export const deviceHeaders = ({ platform, version, installation }: Device): Record<string, string> => ({
  accept: "application/json",
  "user-agent": `directory-connector/${version}`,
  "device-type": String(deviceType(platform)),
  "device-identifier": installation,
  "bitwarden-client-name": "connector",
  "bitwarden-client-version": version,
});

/** Numbers shared by both kinds of server (bitwarden/server, DeviceType). */
const deviceType = (platform: string): number => (platform === "windows" ? 6 : platform === "macos" ? 7 : 8);

const TokenReply = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });

/**
 * The official server says `invalid_client` for a wrong or renewed secret, an unknown or disabled organization and a
 * plan without the API alike; Vaultwarden leaves `error` empty and says which it is in the message.
 */
const refusal = (answer: HttpAnswer, { asked, region }: LoginInput): Fault => {
  const { server, hide } = asked;
  const refused = (reason: string, detail?: string): Fault =>
    new Fault("organization.refused", { server, region: region ?? "none", reason, detail });
  const code = errorCode(answer);
  if (code === "invalid_client") return refused("unsaid");
  const text = sentence(readErrors(answer, hide));
  if (code !== undefined) return new Fault("organization.bad_response", { server, reason: `token: ${code}` });
  if (/incorrect client_secret/iu.test(text)) return refused("secret");
  if (/invalid client_id|malformed client_id/iu.test(text)) return refused("organization");
  return answer.json() === undefined ? answerFault(answer, asked) : refused("said", text);
};
