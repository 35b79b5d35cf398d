import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** Hands everything on to a port of this machine, later by so many milliseconds each way. */
export const createDelay = async (port: number, milliseconds: number) => {
  const sockets = new Set<Socket>();
  const handOn = (from: Socket, to: Socket): void => {
    sockets.add(from);
    from.on("data", (data: Buffer) => setTimeout(() => to.writable && to.write(data), milliseconds));
    from.on("close", () => setTimeout(() => to.end(), milliseconds)).on("error", () => to.destroy());
  };
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ port, host: "127.0.0.1", noDelay: true });
    handOn(client, upstream);
    handOn(upstream, client);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the delaying server has no port");
  return {
    port: address.port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await once(server.close(), "close");
    },
  };
};
