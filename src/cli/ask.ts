import type { Prompts } from "./context.ts";
import { Cancelled, usage, type Session } from "./session.ts";

/** Questions for what was not given. Without a person to ask, `missing` names the option that would answer instead. */
export const askOr = async <Answer>(
  session: Session,
  missing: { readonly option: string; readonly command: string },
  ask: (prompts: Prompts) => Promise<Answer | undefined>,
): Promise<Answer> => {
  const prompts = await session.context.prompts();
  if (prompts === undefined) throw usage("option_missing", { name: missing.option, command: missing.command });
  const answer = await ask(prompts);
  if (answer === undefined) throw new Cancelled();
  return answer;
};
