import { present } from "../filter.ts";
import { searchOne } from "../search.ts";
import type { Session } from "../session.ts";

/** The number of the oldest change a server's log still holds (retro changelog, root DSE); undefined where it does not say. */
export async function readLogStart(session: Session): Promise<number | undefined> {
  const attributes = ["firstChangeNumber"];
  const root = await searchOne(session, { base: "", filter: present("objectClass"), attributes, what: "server" });
  const text = root?.values.get("firstchangenumber")?.[0] ?? "";
  return /^\d{1,15}$/u.test(text) ? Number(text) : undefined;
}
