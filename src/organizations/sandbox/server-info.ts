/** The anonymous questions: config, alive, version, now. */
import { json } from "./reply.ts";
import type { Context, Reply } from "./reply.ts";

const officialVersion = "2026.8.0";
/** Vaultwarden tells clients a compatibility number in its config and its own version elsewhere. */
const vaultwardenCompatibility = "2026.6.0";
const vaultwardenVersion = "1.37.2";

export function answerConfig(context: Context): Reply {
  const { state, url } = context;
  const vaultwarden = state.dialect === "vaultwarden";
  return json(200, {
    version: vaultwarden ? vaultwardenCompatibility : officialVersion,
    gitHash: "sandbox",
    server: vaultwarden ? { name: "Vaultwarden", url: "https://github.com/dani-garcia/vaultwarden" } : null,
    settings: { disableUserRegistration: false, suppressOnboardingInterstitials: false },
    environment: {
      cloudRegion: state.dialect === "official-cloud" ? "US" : null,
      vault: url,
      api: `${url}/api`,
      identity: `${url}/identity`,
      notifications: `${url}/notifications`,
      sso: vaultwarden ? "" : `${url}/sso`,
    },
    featureStates: vaultwarden ? {} : { "pm-34423-staged-status": state.organization.stagedFlag },
    push: { pushTechnology: 0, vapidPublicKey: null },
    communication: null,
    object: "config",
  });
}

export function answerVersion(context: Context): Reply {
  return json(200, context.state.dialect === "vaultwarden" ? vaultwardenVersion : officialVersion);
}

/** Both `/alive` and `/now` answer the server's time. */
export function answerNow(context: Context): Reply {
  return json(200, new Date(context.clock()).toISOString());
}
