import { connect as connectSocket, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { ExtendedRequest, UnbindRequest, type Message as Request } from "ldapts";
import { Fault } from "../../core/fault.ts";
import { Malformed } from "./ber.ts";
import { connectionFault, type Parties } from "./errors.ts";
import { createFrames, type Entry, type Message, type Reply } from "./replies.ts";
import { certificateOf, secure, type Certificate, type Trust } from "./secure.ts";

export interface Address {
  readonly host: string;
  readonly port: number;
  readonly isEncrypted: boolean;
}

/** One connection: it is never renewed behind the back, so nothing is ever asked without the log-in. */
export interface Connection {
  /**
   * Sends and waits; rejects with a Fault when the connection breaks, falls silent or speaks nonsense. With `take` the
   * entries of a search are handed over as they arrive instead of being collected, and with `hear` what the server says
   * in between; what these throw ends the connection.
   */
  request(
    build: (id: number) => Request,
    take?: (entry: Entry) => void,
    hear?: (name: string, value: Buffer | undefined) => void,
  ): Promise<Reply>;
  /** Fault `directory.tls` when the server refuses; nothing else is sent then. */
  startTls(): Promise<void>;
  certificate(): Certificate | undefined;
  close(): void;
}

export interface ConnectOptions {
  readonly parties: Parties;
  readonly trust: Trust;
  /** Silence of this many milliseconds while an answer is awaited ends the connection. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/** Milliseconds for the connection and again for its encryption; searching may take longer. */
const mostForConnecting = 15_000;

interface Pending {
  /** The tag of the answer that ends it: that of its question plus one, of a search plus two (RFC 4511 §4.2 to §4.12). */
  readonly endsWith: number;
  readonly entries: Entry[];
  readonly references: string[];
  readonly take: (entry: Entry) => void;
  readonly hear: (name: string, value: Buffer | undefined) => void;
  resolve(reply: Reply): void;
  reject(error: unknown): void;
}

/** `ldap://host[:389]` or `ldaps://host[:636]`, IPv6 in brackets; Fault `directory.unreachable` for what is no address. */
export function parseAddress(text: string): Address {
  const url = URL.parse(text);
  if (url === null || url.hostname === "") throw new Fault("directory.unreachable", { host: text, reason: "address" });
  const isEncrypted = url.protocol === "ldaps:";
  const port = url.port === "" ? (isEncrypted ? 636 : 389) : Number(url.port);
  return { host: url.hostname.replace(/^\[|\]$/gu, ""), port, isEncrypted };
}

/** As the user typed it, without a port that goes without saying. */
export const spellHost = ({ host, port, isEncrypted }: Address): string => {
  const name = host.includes(":") ? `[${host}]` : host;
  return port === (isEncrypted ? 636 : 389) ? name : `${name}:${port}`;
};

/** Faults `directory.unreachable {host, reason}`, `directory.tls`; rejects with the signal's reason when aborted. */
export async function connect(address: Address, options: ConnectOptions): Promise<Connection> {
  const { parties, signal, timeout, trust } = options;
  signal.throwIfAborted();
  const pending = new Map<number, Pending>();
  let failure: { readonly error: unknown } | undefined;
  let lastId = 0;
  /** Since the connection is as it is now, encrypted or not. */
  let hasAnswered = false;

  const fail = (error: unknown): void => {
    failure ??= { error };
    for (const waiting of pending.values()) waiting.reject(failure.error);
    pending.clear();
    signal.removeEventListener("abort", abort);
    socket.destroy();
  };
  const abort = (): void => fail(signal.reason);
  const settle = (): void => void (pending.size === 0 && socket.setTimeout(0));
  const frames = createFrames((message) => receive(message));

  const receive = (message: Message): void => {
    if (message.id === 0) return fail(disconnected(message, parties));
    const waiting = pending.get(message.id);
    if (waiting === undefined) throw new Malformed("an answer to no question");
    if (message.kind === "end" && message.tag !== waiting.endsWith) throw new Malformed("an answer of another kind");
    if (message.kind === "entry") waiting.take(message.entry);
    else if (message.kind === "reference") waiting.references.push(...message.urls);
    else if (message.kind === "information") waiting.hear(message.name, message.value);
    else if (message.kind === "end") {
      pending.delete(message.id);
      settle();
      waiting.resolve({ ...message.ending, entries: waiting.entries, references: waiting.references });
    }
  };

  const lost = (error: unknown): Fault => {
    const fault = connectionFault(error, parties);
    if (fault.params["reason"] !== "closed") return fault;
    if (hasAnswered) return new Fault("directory.unreachable", { host: parties.host, reason: "broken" }, error);
    // Many servers only now say no to our certificate, or to none, and some without a word (RFC 8446 §4.4.2).
    const isSecure = socket instanceof TLSSocket;
    return isSecure ? new Fault("directory.tls", { host: parties.host, reason: "closed_early" }, error) : fault;
  };

  const listeners = {
    data: (chunk: Buffer): void => {
      try {
        hasAnswered = true;
        if (failure === undefined) frames.push(chunk);
      } catch (error) {
        fail(connectionFault(error, parties));
      }
    },
    error: (error: Error): void => fail(lost(error)),
    close: (): void => fail(lost({ code: "ECONNRESET" })),
    timeout: (): void => fail(new Fault("directory.unreachable", { host: parties.host, reason: "timeout" })),
  };
  const listen = (to: Socket): Socket =>
    to
      .on("data", listeners.data)
      .on("error", listeners.error)
      .on("close", listeners.close)
      .on("timeout", listeners.timeout);
  const unlisten = (from: Socket): Socket =>
    from
      .off("data", listeners.data)
      .off("error", listeners.error)
      .off("close", listeners.close)
      .off("timeout", listeners.timeout);

  const encrypt = async (): Promise<void> => {
    if (!frames.isEmpty())
      throw new Fault("directory.bad_response", { host: parties.host, field: "StartTLS", reason: "unencrypted data" });
    unlisten(socket);
    const plain = socket.on("error", () => {});
    try {
      socket = await secure(plain, address.host, parties.host, trust, Math.min(timeout, mostForConnecting));
    } catch (error) {
      fail(error);
    }
    if (failure !== undefined) {
      socket.destroy();
      throw failure.error;
    }
    hasAnswered = false;
    listen(socket);
  };

  let socket: Socket = connectSocket({ host: address.host, port: address.port, noDelay: true });
  signal.addEventListener("abort", abort, { once: true });
  const connection: Connection = {
    request: async (build, take, hear) => {
      if (failure !== undefined) throw failure.error;
      lastId += 1;
      const id = lastId;
      const { promise, resolve, reject } = Promise.withResolvers<Reply>();
      const entries: Entry[] = [];
      const question = build(id);
      pending.set(id, {
        endsWith: question.protocolOperation + (question.protocolOperation === searchRequest ? 2 : 1),
        entries,
        references: [],
        take: take ?? ((entry) => void entries.push(entry)),
        hear: hear ?? (() => {}),
        resolve,
        reject,
      });
      socket.setTimeout(timeout);
      socket.write(question.write());
      return promise;
    },
    startTls: async () => {
      const reply = await connection.request(
        (messageId) => new ExtendedRequest({ messageId, oid: "1.3.6.1.4.1.1466.20037" }),
      );
      if (failure !== undefined) throw failure.error;
      if (reply.code !== 0)
        throw new Fault("directory.tls", { host: parties.host, reason: "starttls_refused", detail: reply.message });
      await encrypt();
    },
    certificate: () => (socket instanceof TLSSocket ? certificateOf(socket) : undefined),
    close: () => {
      if (failure !== undefined) return;
      socket.write(new UnbindRequest({ messageId: lastId + 1 }).write());
      unlisten(socket).on("error", () => {});
      socket.destroySoon();
      fail(new Fault("directory.unreachable", { host: parties.host, reason: "closed" }));
    },
  };
  await connected(socket, parties, Math.min(timeout, mostForConnecting), () => failure);
  listen(socket);
  if (address.isEncrypted) await encrypt();
  return connection;
}

const searchRequest = 0x63;

/** Waits until the socket is connected, for at most `timeout` milliseconds. */
async function connected(
  socket: Socket,
  parties: Parties,
  timeout: number,
  failure: () => { readonly error: unknown } | undefined,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const failed = (error: unknown): void => reject(connectionFault(error, parties));
  const late = (): void => failed({ code: "ETIMEDOUT" });
  const closed = (): void => reject(failure()?.error ?? connectionFault({ code: "ECONNRESET" }, parties));
  socket.setTimeout(timeout).once("connect", resolve).once("error", failed).once("timeout", late).once("close", closed);
  try {
    await promise;
  } catch (error) {
    socket.on("error", () => {}).destroy();
    throw error;
  } finally {
    socket.setTimeout(0).off("connect", resolve).off("error", failed).off("timeout", late).off("close", closed);
  }
}

/** The server said goodbye by itself (notice of disconnection, RFC 4511 §4.4.1). */
function disconnected(message: Message, { host }: Parties): Fault {
  const ending = message.kind === "end" ? message.ending : undefined;
  if (ending?.code === 8 || ending?.code === 13)
    return new Fault("directory.encryption_required", { host, detail: ending.message });
  return new Fault("directory.unavailable", { host, reason: ending?.message || "disconnected" });
}
