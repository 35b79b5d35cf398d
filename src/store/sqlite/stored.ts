/**
 * Reads back JSON that this room wrote from a value of that type: what the layout holds is known, other files are refused
 * before anything is read.
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- says at the call what was written there
export const readJson = <Stored>(text: string): Stored => JSON.parse(text);
