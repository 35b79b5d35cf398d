import { host } from "./host.ts";

/** Hands somebody a text as a file: a browser downloads it. */
export const saveText = async (name: string, text: string): Promise<void> => {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
};

/** Where the program's own window asks for a place instead; undefined in a browser, and where nobody chose one. */
export const pickPlace = async (name: string, title: string): Promise<string | undefined> =>
  host?.pickNewFile({ name, title });
