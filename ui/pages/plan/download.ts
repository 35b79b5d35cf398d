/** Gives a browser a text to keep as a file, put together from its pieces. */
export const download = async (name: string, pieces: AsyncIterable<string>): Promise<void> => {
  const parts: string[] = [];
  for await (const piece of pieces) parts.push(piece);
  const url = URL.createObjectURL(new Blob(parts, { type: "application/jsonl" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The download has begun by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
};
