import { z } from "zod";
import { field } from "../../config/field.ts";

/** What every vendor's configuration asks for alike. Each call declares a field of its own. */
export const shareField = () =>
  field(z.int().min(5).max(100).optional(), {
    title: "Share of the vendor's limit",
    description:
      "How much of what the vendor allows may be used; the rest is left to other programs. Unless given: half of a limit that others share, nearly all of one that counts for this program alone.",
    advanced: true,
    selects: false,
    unit: "percent",
    examples: ["50"],
  });

/** The share as a fraction; where a limit counts for us alone, nearly all of it by default. */
export const shareOf = ({ share }: { readonly share?: number | undefined }, usual = 50): number =>
  (share ?? usual) / 100;
