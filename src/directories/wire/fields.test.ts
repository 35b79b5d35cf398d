import { describe, expect, it } from "vitest";
import { fields } from "../../config/field.ts";
import { shareField, shareOf } from "./fields.ts";

describe("the share of a vendor's limit", () => {
  it.each([
    [{}, 0.5],
    [{ share: 100 }, 1],
    [{ share: 5 }, 0.05],
  ])("given %j, then %d", (config, share) => {
    expect(shareOf(config)).toBe(share);
  });
  it.each([0, 4, 101, 12.5])("given %d, then it is refused", (share) => {
    expect(shareField().safeParse(share).success).toBe(false);
  });
  it("given two vendors, then each has a field of its own, and neither decides who is selected", () => {
    const [one, other] = [shareField(), shareField()];
    expect(one).not.toBe(other);
    expect(fields.get(one)?.selects).toBe(false);
  });
});
