/** Colour is only ever a second signal: signs and words carry the meaning. */
export interface Style {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly green: Paint;
  readonly yellow: Paint;
}
type Paint = (text: string) => string;

/** None in pipes, with NO_COLOR (no-color.org), `--no-color` or a terminal that has none. */
export const createStyle = (coloured: boolean): Style => {
  const paint =
    (open: number, close: number): Paint =>
    (text) =>
      coloured && text !== "" ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  return { bold: paint(1, 22), dim: paint(2, 22), red: paint(31, 39), green: paint(32, 39), yellow: paint(33, 39) };
};
