import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { setTimeout as wait } from "node:timers/promises";
import { children, done, message, number, pagedResults, take, toNumber, value } from "./ldap-script.ts";
import { listen } from "./socket-server.ts";

/** What stands between a client and a server: the limits Windows has and Samba has not, and what goes wrong in a network. */
export interface AdLimits {
  /** MaxPageSize of the query policy: the most entries of one answer. */
  readonly page?: number;
  /** MaxValRange: the most values of one attribute in one entry. */
  readonly values?: number;
  /** Each n-th question for a further page gets an empty one that has its cookie still. */
  readonly emptyPageEvery?: number;
  /** The connection breaks behind so many entries. */
  readonly dropAfter?: number;
  /** Milliseconds each question waits before it goes on. */
  readonly latency?: number;
}

export interface AdLimitsProxy extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** How many questions went through. */
  questions(): number;
}

interface Parts {
  readonly tag: number;
  readonly content: Buffer;
}

/** What is to be remembered of a search until it ends. */
interface Search {
  entries: number;
  /** Of an answer that is not in pages; what lies beyond is left out and the end says sizeLimitExceeded. */
  readonly most: number;
  /** Of attributes asked for by range: where the range begins. */
  readonly ranges: ReadonlyMap<string, number>;
  /** The client asked for no error where a range begins behind the last value. */
  readonly isLenient: boolean;
  isCut: boolean;
  isBeyond: boolean;
}

const rangePattern = /^(?<name>[^;]+);range=(?<from>\d+)-(?<to>\d+|\*)$/iu;
/** LDAP_SERVER_RANGE_RETRIEVAL_NOERR_OID (MS-ADTS §3.1.1.3.4.1.22). */
const noRangeError = "1.2.840.113556.1.4.1948";

/** Listens without encryption on a port of this machine; closed when disposed. `encrypted` is how the server itself is spoken to. */
export async function createAdLimits(
  server: { readonly host: string; readonly port: number; readonly encrypted?: boolean },
  limits: AdLimits = {},
): Promise<AdLimitsProxy> {
  let questions = 0;
  const proxy = await listen((client) =>
    pass(client, server, { page: 1000, values: 1500, ...limits }, () => (questions += 1)),
  );
  return { ...proxy, questions: () => questions };
}

function pass(
  client: Socket,
  { host, port, encrypted = true }: { readonly host: string; readonly port: number; readonly encrypted?: boolean },
  limits: AdLimits & { readonly page: number; readonly values: number },
  count: () => number,
): void {
  // Whose certificate the server shows is not what is tested here.
  const server = encrypted ? connectTls({ host, port, rejectUnauthorized: false }) : connectPlain(port, host);
  const searches = new Map<number, Search>();
  let entries = 0;
  let pages = 0;
  const end = (): void => {
    client.destroy();
    server.destroy();
  };
  server.setNoDelay(true);
  client.on("close", end);
  server.on("error", end).on("close", end);

  const ask = (raw: Buffer, id: number, operation: Parts, controls: Parts | undefined): void => {
    if (operation.tag !== 0x63) return void server.write(raw);
    const question = limit(operation, controls, limits);
    const { cookie } = question;
    if (cookie !== undefined && cookie.length > 0 && limits.emptyPageEvery !== undefined) {
      pages += 1;
      if (pages % limits.emptyPageEvery === 0) return void client.write(done(id, { cookie }));
    }
    searches.set(id, question.search);
    server.write(message(id, question.operation, ...question.controls));
  };

  const answer = (raw: Buffer, id: number, operation: Parts): void => {
    const search = searches.get(id);
    if (search === undefined || (operation.tag !== 0x64 && operation.tag !== 0x65)) return void client.write(raw);
    if (operation.tag === 0x64) {
      if (search.entries >= search.most) return void (search.isCut = true);
      search.entries += 1;
      entries += 1;
      if (entries > (limits.dropAfter ?? Infinity)) return end();
      const changed = cutValues(operation, search, limits.values);
      if (!search.isBeyond) client.write(changed === undefined ? raw : message(id, changed));
      return;
    }
    searches.delete(id);
    const beyond = "00000057: LdapErr: DSID-0C090D4E, comment: Error processing control, data 0, v4563\0";
    if (search.isBeyond) client.write(done(id, { code: 1, text: beyond }));
    else if (search.isCut) client.write(done(id, { code: 4 }));
    else client.write(raw);
  };

  let queue = Promise.resolve();
  eachMessage(client, end, (raw, id, operation, controls) => {
    count();
    if (limits.latency === undefined) return ask(raw, id, operation, controls);
    queue = queue.then(async () => wait(limits.latency)).then(() => ask(raw, id, operation, controls));
    queue.catch(end);
  });
  eachMessage(server, end, answer);
}

/** Hands over whole messages as they come; bytes that are none end both connections. */
function eachMessage(
  socket: Socket,
  end: () => void,
  handle: (raw: Buffer, id: number, operation: Parts, controls: Parts | undefined) => void,
): void {
  let rest: Buffer = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (let next = take(rest, 0); next !== undefined; next = take(rest, 0)) {
      const raw = rest.subarray(0, next.end);
      rest = rest.subarray(next.end);
      const [id, operation, controls] = children(next.content);
      if (id === undefined || operation === undefined) return end();
      handle(raw, toNumber(id.content), operation, controls);
    }
  });
}

/** The question as the server gets it: pages and ranges no larger than allowed, and no limit of the client's own. */
function limit(
  operation: Parts,
  controls: Parts | undefined,
  limits: { readonly page: number; readonly values: number },
): { operation: Buffer; controls: Buffer[]; search: Search; cookie?: Buffer } {
  const again = ({ tag, content }: Parts): Buffer => value(tag, content);
  const [base, scope, aliases, size, time, typesOnly, filter, attributes] = children(operation.content);
  const ranges = new Map<string, number>();
  const asked = children(attributes?.content ?? Buffer.alloc(0)).map((each) => {
    const range = rangePattern.exec(each.content.toString())?.groups;
    if (range === undefined) return again(each);
    const from = Number(range["from"]);
    const most = from + limits.values - 1;
    const to = range["to"] === "*" ? most : Math.min(Number(range["to"]), most);
    ranges.set(String(range["name"]).toLowerCase(), from);
    return value(0x04, `${range["name"]};range=${from}-${to}`);
  });
  let cookie: Buffer | undefined;
  let isLenient = false;
  const kept = children(controls?.content ?? Buffer.alloc(0)).flatMap((control) => {
    const parts = children(control.content);
    const kind = parts[0]?.content.toString();
    if (kind === noRangeError) {
      isLenient = true;
      return [];
    }
    const last = parts.at(-1);
    if (kind !== pagedResults || last === undefined) return [again(control)];
    const [wanted, from] = children(children(last.content)[0]?.content ?? Buffer.alloc(0));
    const bytes = from?.content ?? Buffer.alloc(0);
    cookie = bytes;
    const page = value(0x30, number(Math.min(toNumber(wanted?.content), limits.page)), value(0x04, bytes));
    return [value(0x30, ...parts.slice(0, -1).map(again), value(0x04, page))];
  });
  const parts = [base, scope, aliases].flatMap((each) => (each === undefined ? [] : again(each)));
  const rest = [time, typesOnly, filter].flatMap((each) => (each === undefined ? [] : again(each)));
  return {
    operation: value(0x63, ...parts, number(0), ...rest, value(0x30, ...asked)),
    controls: kept.length === 0 ? [] : [value(0xa0, ...kept)],
    search: {
      entries: 0,
      most: cookie === undefined ? Math.min(toNumber(size?.content) || Infinity, limits.page) : Infinity,
      ranges,
      isLenient,
      isCut: false,
      isBeyond: false,
    },
    ...(cookie === undefined ? {} : { cookie }),
  };
}

/** Too many values come as none and a range of them besides (MS-ADTS §3.1.1.3.1.3.3); undefined where nothing is to be changed. */
function cutValues(operation: Parts, search: Search, most: number): Buffer | undefined {
  const [name, list] = children(operation.content);
  const shown = new Set<string>();
  let isCut = false;
  const attributes = children(list?.content ?? Buffer.alloc(0)).flatMap((each) => {
    const [type, values] = children(each.content);
    const spelled = type?.content.toString() ?? "";
    const all = children(values?.content ?? Buffer.alloc(0)).map((one) => value(0x04, one.content));
    if (all.length > 0) shown.add((rangePattern.exec(spelled)?.groups?.["name"] ?? spelled).toLowerCase());
    if (all.length <= most || spelled.includes(";")) return [value(0x30, each.content)];
    isCut = true;
    const first = value(0x30, value(0x04, `${spelled};range=0-${most - 1}`), value(0x31, ...all.slice(0, most)));
    return [value(0x30, value(0x04, spelled), value(0x31)), first];
  });
  const isBeyond = [...search.ranges].some(([attribute, from]) => from > 0 && !shown.has(attribute));
  if (isBeyond && !search.isLenient) search.isBeyond = true;
  return isCut ? value(0x64, value(0x04, name?.content ?? Buffer.alloc(0)), value(0x30, ...attributes)) : undefined;
}
