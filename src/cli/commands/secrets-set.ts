import { askOr } from "../ask.ts";
import { exitCodes } from "../exit-code.ts";
import { secretFromStdin, secretInFile, wishedStore } from "../secret-input.ts";
import type { Run } from "../session.ts";
import { secretSetText } from "../views/human/login.ts";
import { asIs } from "../views/json/as-is.ts";

/** Stores a secret: asked for hidden on a terminal, read from stdin in a pipe or from a file; never from the command line. */
export const run: Run = async (invocation, session) => {
  const [name = ""] = invocation.arguments;
  const file = invocation.text("file");
  const piped = invocation.flag("stdin") || session.context.stdin.isTTY !== true;
  const secret =
    file !== undefined
      ? await secretInFile(session, session.pathOf(file), name)
      : piped
        ? await secretFromStdin(session, name)
        : await askOr(session, { option: "--stdin", command: "secrets set" }, async (prompts) => {
            const words = await session.words();
            return prompts.hidden({
              message: words.format("cli.secret.ask", { name }),
              validate: (text) => (text === "" ? words.format("cli.ask.required") : undefined),
            });
          });
  const answer = await session.call("secrets.set", { name, secret, ...wishedStore(invocation) });
  await session.show(answer, secretSetText, asIs);
  return exitCodes.done;
};
