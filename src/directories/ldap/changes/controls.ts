import { BerWriter, Control } from "ldapts";

/** A request control whose value is made beforehand. */
class ValueControl extends Control {
  readonly #value: Buffer;
  constructor(type: string, value: Buffer) {
    super(type, { critical: true });
    this.#value = value;
  }
  override writeControl(writer: BerWriter): void {
    writer.writeBuffer(this.#value, 0x04);
  }
}

export const createControl = (type: string, value: Buffer): Control => new ValueControl(type, value);

/** Content synchronisation (RFC 4533 §2.2): what differs from the content a cookie stands for, and then the end. */
export function syncRequest(cookie: Buffer | undefined): Control {
  const writer = new BerWriter();
  writer.startSequence();
  writer.writeEnumeration(refreshOnly);
  if (cookie !== undefined) writer.writeBuffer(cookie, 0x04);
  // Without this hint a server whose log does not reach back may ask for a full read instead of giving one.
  writer.writeBoolean(false);
  writer.endSequence();
  return createControl(syncOids.request, writer.buffer);
}

const refreshOnly = 1;

/** LDAP_SERVER_DIRSYNC_OID */
export const dirSync = "1.2.840.113556.1.4.841";

export const syncOids = {
  request: "1.3.6.1.4.1.4203.1.9.1.1",
  state: "1.3.6.1.4.1.4203.1.9.1.2",
  done: "1.3.6.1.4.1.4203.1.9.1.3",
  info: "1.3.6.1.4.1.4203.1.9.1.4",
} as const;
