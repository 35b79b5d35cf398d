import type { Output } from "../../rpc/contract.ts";
import { askOr } from "../ask.ts";
import { exitCodes } from "../exit-code.ts";
import { givenSecret, wishedStore, type GivenSecret } from "../secret-input.ts";
import type { Invocation, Run, Session } from "../session.ts";
import { loginText, ownersMissingText } from "../views/human/login.ts";
import { asIs } from "../views/json/as-is.ts";

/** Logs in with an organization's API key, and keeps it once the server has accepted it. */
export const run: Run = async (invocation, session) => {
  const server = invocation.text("server") ?? (await askServer(session));
  const key = await readKey(invocation, session);
  const owners = invocation.list("owner");
  const [name, apiUrl, identityUrl] = ["name", "api-url", "identity-url"].map((option) => invocation.text(option));
  const wished = wishedStore(invocation);
  const answer = await session.call("organizations.login", {
    server,
    clientId: key.clientId,
    clientSecret: key.secret,
    ...wished,
    // A secret that lies somewhere already stays there, unless a copy is asked for.
    ...(key.reference === undefined || wished.store !== undefined ? {} : { reference: key.reference }),
    ...(name === undefined ? {} : { name }),
    ...(apiUrl === undefined ? {} : { apiUrl }),
    ...(identityUrl === undefined ? {} : { identityUrl }),
    ...(owners.length === 0 ? {} : { owners: [...owners] }),
  });
  await session.show(answer, loginText, asIs);
  if (answer.dialect === "vaultwarden" && answer.owners !== true) await askOwners(session, answer);
  return exitCodes.done;
};

const askServer = (session: Session): Promise<string> =>
  askOr(session, { option: "--server", command: "login" }, async (prompts) => {
    const words = await session.words();
    const chosen = await prompts.select({
      message: words.format("cli.login.ask_server"),
      choices: [
        { value: "https://vault.bitwarden.com", label: words.format("cli.login.us"), hint: "vault.bitwarden.com" },
        { value: "https://vault.bitwarden.eu", label: words.format("cli.login.eu"), hint: "vault.bitwarden.eu" },
        { value: "own", label: words.format("cli.login.own") },
      ],
    });
    if (chosen !== "own") return chosen;
    const required = words.format("cli.ask.required");
    return prompts.text({
      message: words.format("cli.login.ask_url"),
      placeholder: "https://vault.example.com",
      validate: (text) => (text.trim() === "" ? required : undefined),
    });
  });

/** The key from the options; what is missing is asked for, and both parts may be pasted at once. */
const readKey = async (
  invocation: Invocation,
  session: Session,
): Promise<GivenSecret & { readonly clientId: string }> => {
  const clientId = invocation.text("client-id");
  const given = await givenSecret(invocation, session, "client-secret");
  const words = (key: string): Promise<string> => session.words().then(({ format }) => format(key));
  const id =
    clientId ??
    (await askOr(session, { option: "--client-id", command: "login" }, async (prompts) => {
      const [message, required] = [await words("cli.login.ask_key"), await words("cli.ask.required")];
      return prompts.hidden({ message, validate: (text) => (text.trim() === "" ? required : undefined) });
    }));
  if (given !== undefined) return { ...given, clientId: id };
  if (clientId === undefined && /\S\s+\S/u.test(id.trim())) return { clientId: id, secret: "" };
  const secret = await askOr(session, { option: "--client-secret-stdin", command: "login" }, async (prompts) =>
    prompts.hidden({ message: await words("cli.login.ask_secret") }),
  );
  return { clientId: id, secret };
};

/** Where the organization cannot be read, only a person can say who must never lose access. */
const askOwners = async (session: Session, { name }: Output<"organizations.login">): Promise<void> => {
  const prompts = session.globals.json ? undefined : await session.context.prompts();
  const words = await session.words();
  const answer = await prompts?.text({ message: words.format("cli.login.ask_owners") });
  const addresses = (answer ?? "").split(/[\s,;]+/u).filter((address) => address !== "");
  const path = `organizations.${name}.owners`;
  if (addresses.length > 0) await session.call("config.set", { path, value: addresses.join(",") });
  else await session.tell(ownersMissingText({ path }, await session.screen()));
};
