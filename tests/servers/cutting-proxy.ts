import { connect, type Socket } from "node:net";
import { createSocketServer } from "./socket-server.ts";

/** Passes bytes on to a port of this machine until it is told to cut, silence or spoil them. */
export async function createCuttingProxy(port: number) {
  const pairs = new Set<readonly [Socket, Socket]>();
  let silent = false;
  const { url, port: own } = await createSocketServer((client) => {
    const server = connect(port, "127.0.0.1").on("error", () => client.destroy());
    const pair = [client, server] as const;
    pairs.add(pair);
    client.on("data", (data: Buffer) => server.write(data)).on("close", () => server.destroy());
    server.on("data", (data: Buffer) => silent || client.write(data)).on("close", () => client.destroy());
  });
  return {
    url,
    port: own,
    /** Ends every connection now. */
    cut: (): void => {
      for (const [client, server] of pairs) {
        client.destroy();
        server.destroy();
      }
      pairs.clear();
    },
    /** Nothing of what the server says arrives any more. */
    silence: (): void => void (silent = true),
    /** Puts bytes that the server never sent into what it says. */
    spoil: (bytes: Buffer): void => {
      for (const [client] of pairs) client.write(bytes);
    },
  };
}
