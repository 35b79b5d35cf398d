import { buildProgram } from "../../tools/build/program.ts";
import { whyNoWindow } from "./available.ts";

/** Once before the tests of the window: what they start is made of the sources as they are now. */
export const setup = (): void => {
  if (whyNoWindow() === undefined) buildProgram();
};
