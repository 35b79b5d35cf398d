import type { Output } from "../../../rpc/contract.ts";
import type { Words } from "../../words.ts";
import { block, pad, widthOf, wrap, type Screen } from "../layout.ts";
import { textual } from "./fault.ts";

type Explanation = Pick<Output<"person.explain">, "headline" | "lines">;

/** One sentence, then what is behind it, each line with what it is about before it. */
export const explainText = ({ headline, lines }: Explanation, { words, width, style }: Screen): string => {
  const labels = lines.map(({ label }) => labelOf(label, words));
  const column = Math.max(0, ...labels.map(widthOf));
  return block([
    style.bold(explained(headline, words)),
    ...lines.flatMap((line, index) => {
      const label = labels[index] === labels[index - 1] ? "" : (labels[index] ?? "");
      const text = wrap(explained(line, words), width - column - 4);
      return text.map((part, at) => `  ${pad(at === 0 ? label : "", column)}  ${part}`);
    }),
  ]);
};

const labelOf = (label: string, words: Words): string =>
  words.has(`explain.label.${label}`) ? words.format(`explain.label.${label}`) : label;

/** Words are those of the explanation, else of the note or the fault the code is. */
const explained = (
  { code, params }: { readonly code: string; readonly params: Readonly<Record<string, unknown>> },
  words: Words,
): string => {
  const known = textual(params);
  const key = [`explain.${code}`, code].find(words.has);
  const text = key === undefined ? words.note(code, known) : words.format(key, known);
  return text.replaceAll("\n", " ");
};
