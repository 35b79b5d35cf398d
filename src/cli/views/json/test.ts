import { planText } from "../../read-plan.ts";
import { allGroups, allPeople } from "../../read-test.ts";
import type { RunSummary } from "../../../rpc/contract.ts";
import type { Session } from "../../session.ts";

/**
 * `test --json`: one object, written as it is read, so that a large directory needs no memory. Its shape is
 * `docs/reference/test.schema.json`, and `version` changes with any change of meaning.
 */
export const writeTestJson = async (session: Session, summary: RunSummary): Promise<void> => {
  const profile = { profile: summary.profile };
  const { directory, organization, server, compared, guards } = summary;
  const head = JSON.stringify({
    version: 1,
    profile: summary.profile,
    run: summary.run,
    directory,
    organization,
    server,
    compared,
    guards,
  });
  await session.write(`${head.slice(0, -1)},"people":[`);
  await writeItems(session, allPeople(session, profile));
  await session.write('],"groups":[');
  await writeItems(session, allGroups(session, profile));
  await session.write('],"plan":[');
  await writeItems(session, lines(planText(session, summary.run, false)));
  await session.write("]}\n");
};

/** Items with commas between them, some at a time. */
const writeItems = async (session: Session, items: AsyncIterable<unknown>): Promise<void> => {
  let first = true;
  let text = "";
  for await (const item of items) {
    text += `${first ? "" : ","}${typeof item === "string" ? item : JSON.stringify(item)}`;
    first = false;
    if (text.length < 65_536) continue;
    await session.write(text);
    text = "";
  }
  await session.write(text);
};

/** Lines that are JSON already. */
async function* lines(texts: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of texts) {
    const all = (rest + text).split("\n");
    rest = all.pop() ?? "";
    yield* all.filter((line) => line !== "");
  }
}
