/** Text as the cell of a table. */
export const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ").replaceAll("<", "&lt;");

/** Text outside code, whose angle brackets are no tags. */
export const readable = (text: string): string => text.replaceAll("<", "&lt;");

/** Code as the cell of a table: as it is, but for the sign between cells. */
export const codeCell = (text: string): string => `\`${text.replaceAll("|", "\\|")}\``;
