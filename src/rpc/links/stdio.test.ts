import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { messageLimit } from "./link.ts";
import { stdioLink } from "./stdio.ts";

const started = () => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const link = stdioLink(input, output);
  const got: string[] = [];
  link.onMessage((text) => got.push(text));
  const closed = new Promise<void>((resolve) => link.onClose(resolve));
  return { input, output, link, got, closed };
};

describe("messages over standard input and output", () => {
  it("given lines cut anywhere, inside a letter too, then whole messages, blank lines apart", async () => {
    const { input, got, closed } = started();
    const bytes = Buffer.from('{"a":"é"}\n\r\n{"b":"漢字"}\n');
    for (const byte of bytes) input.write(Buffer.from([byte]));
    input.end();
    await closed;
    expect(got).toEqual(['{"a":"é"}', '{"b":"漢字"}']);
  });

  it("given a line that was cut off by the end, then it is no message", async () => {
    const { input, got, closed } = started();
    input.end('{"a":1}\n{"b":');
    await closed;
    expect(got).toEqual(['{"a":1}']);
  });

  it("given a line longer than a message may be, then it closes before all of it is kept", async () => {
    const { input, got, closed } = started();
    input.write("x".repeat(messageLimit + 1));
    await closed;
    input.write('\n{"a":1}\n');
    expect(got).toEqual([]);
  });

  it("given nobody reads any more, then it closes, and what is sent later goes nowhere", async () => {
    const { output, link, closed } = started();
    output.destroy(new Error("EPIPE"));
    await closed;
    link.send("{}");
  });
});
