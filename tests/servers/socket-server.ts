import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";

interface SocketServer {
  readonly url: string;
  readonly port: number;
}

/** Listens on a free port of this machine and hands over every connection; closed with the test that started it. */
export async function createSocketServer(onSocket: (socket: Socket) => void): Promise<SocketServer> {
  const server = await listen(onSocket);
  onTestFinished(async () => server[Symbol.asyncDispose]());
  return server;
}

/** As `createSocketServer`, for whoever closes it himself. */
export async function listen(onSocket: (socket: Socket) => void): Promise<SocketServer & AsyncDisposable> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket.on("error", () => {}).on("close", () => sockets.delete(socket)));
    onSocket(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `ldap://127.0.0.1:${port}`,
    port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await once(server.close(), "close");
    },
  };
}
