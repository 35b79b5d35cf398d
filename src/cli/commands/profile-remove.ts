import { exitCodes } from "../exit-code.ts";
import { Cancelled, usage, type Run } from "../session.ts";
import { profileRemovedText } from "../views/human/profiles.ts";
import { asIs } from "../views/json/as-is.ts";

/** Takes a profile out of the configuration. With `--forget` also what is known of whom it manages, which is asked for. */
export const run: Run = async (invocation, session) => {
  const [name = ""] = invocation.arguments;
  const forget = invocation.flag("forget");
  if (forget && !invocation.flag("yes")) {
    const prompts = await session.context.prompts();
    if (prompts === undefined) throw usage("confirm_missing", { name: "--yes", command: "profile remove" });
    const message = (await session.words()).format("cli.profile.confirm_forget", { name });
    if ((await prompts.confirm({ message, initial: false })) !== true) throw new Cancelled();
  }
  await session.show(await session.call("profiles.remove", { name, forget }), profileRemovedText, asIs);
  return exitCodes.done;
};
