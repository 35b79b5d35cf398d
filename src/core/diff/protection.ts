import type { PeoplePart } from "./part.ts";
import type { Who } from "./rows.ts";

/** Why nobody may take this person's access: a note code, or undefined. */
export const protectionOf = (part: PeoplePart, { link, member }: Pick<Who, "link" | "member">): string | undefined => {
  const { settings, server } = part.input;
  const addresses = [link.email, link.directoryEmail, ...(member === undefined ? [] : [member.email])];
  if (member?.type === "owner" || addresses.some((address) => server.owners?.has(address) === true))
    return "keep.owner";
  if (addresses.some((address) => settings.protect.has(address))) return "keep.protected";
  return !server.readable && server.owners === undefined ? "keep.owners_unknown" : undefined;
};
