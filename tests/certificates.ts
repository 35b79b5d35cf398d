/** Certificates for tests, made when they are needed (RFC 5280), so that no key lies in the repository and none expires. */
import { generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";
import { isIPv4 } from "node:net";

export interface Certificate {
  /** PEM. */
  readonly certificate: string;
  readonly key: string;
}

export interface Authority extends Certificate {
  /**
   * A certificate of this authority for names and IPv4 addresses, of an elliptic curve or RSA; `passphrase` encrypts its
   * key, times are milliseconds since 1970.
   */
  issue(wish: {
    readonly names: readonly string[];
    readonly kind?: "rsa";
    readonly passphrase?: string;
    readonly from?: number;
    readonly until?: number;
  }): Certificate;
}

/** A new authority that nobody knows yet. */
export function createAuthority(name: string): Authority {
  const keys = newKeys();
  const certificate = build({
    subject: name,
    issuer: name,
    key: keys.publicKey,
    signer: keys.privateKey,
    isAuthority: true,
  });
  return {
    certificate,
    key: pemKey(keys.privateKey, undefined),
    issue: ({ names, kind, passphrase, from, until }) => {
      const own = kind === "rsa" ? generateKeyPairSync("rsa", { modulusLength: 2048 }) : newKeys();
      return {
        certificate: build({
          subject: names[0] ?? "nobody",
          issuer: name,
          key: own.publicKey,
          signer: keys.privateKey,
          names,
          ...(from === undefined ? {} : { from }),
          ...(until === undefined ? {} : { until }),
        }),
        key: pemKey(own.privateKey, passphrase),
      };
    },
  };
}

const newKeys = () => generateKeyPairSync("ec", { namedCurve: "P-256" });

function pemKey(key: KeyObject, passphrase: string | undefined): string {
  const options = passphrase === undefined ? {} : { cipher: "aes-256-cbc", passphrase };
  return key.export({ type: "pkcs8", format: "pem", ...options });
}

interface Wish {
  readonly subject: string;
  readonly issuer: string;
  readonly key: KeyObject;
  readonly signer: KeyObject;
  readonly isAuthority?: boolean;
  readonly names?: readonly string[];
  readonly from?: number;
  readonly until?: number;
}

function build(wish: Wish): string {
  const algorithm = sequence(object("1.2.840.10045.4.3.2"));
  const extensions = wish.isAuthority === true ? [basicConstraints] : [alternativeNames(wish.names ?? [])];
  const body = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    nameOf(wish.issuer),
    sequence(time(wish.from ?? Date.UTC(2020, 0, 1)), time(wish.until ?? Date.UTC(2100, 0, 1))),
    nameOf(wish.subject),
    wish.key.export({ type: "spki", format: "der" }),
    tagged(0xa3, sequence(...extensions)),
  );
  const der = sequence(body, algorithm, bits(sign("sha256", body, wish.signer)));
  const lines = der.toString("base64").match(/.{1,64}/gu) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}

const tagged = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, Math.floor(length / 0x100), length % 0x100];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
};
const sequence = (...parts: readonly Uint8Array[]): Buffer => tagged(0x30, ...parts);
const integer = (bytes: Uint8Array): Buffer => tagged(0x02, bytes);
const bits = (bytes: Uint8Array): Buffer => tagged(0x03, Buffer.from([0]), bytes);
const octets = (bytes: Uint8Array): Buffer => tagged(0x04, bytes);
const text = (tag: number, value: string): Buffer => tagged(tag, Buffer.from(value, "utf8"));
const nameOf = (commonName: string): Buffer =>
  sequence(tagged(0x31, sequence(object("2.5.4.3"), text(0x0c, commonName))));
const time = (at: number): Buffer =>
  text(0x18, `${new Date(at).toISOString().replaceAll(/[-:T]/gu, "").slice(0, 14)}Z`);

function object(dotted: string): Buffer {
  const [first = 0, second = 0, ...others] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second];
  for (const part of others) {
    const groups = [part % 128];
    for (let rest = Math.floor(part / 128); rest > 0; rest = Math.floor(rest / 128)) groups.unshift((rest % 128) + 128);
    bytes.push(...groups);
  }
  return tagged(0x06, Buffer.from(bytes));
}

const basicConstraints = sequence(
  object("2.5.29.19"),
  tagged(0x01, Buffer.from([0xff])),
  octets(sequence(tagged(0x01, Buffer.from([0xff])))),
);

const alternativeNames = (names: readonly string[]): Buffer =>
  sequence(
    object("2.5.29.17"),
    octets(
      sequence(
        ...names.map((name) =>
          isIPv4(name) ? tagged(0x87, Buffer.from(name.split(".").map(Number))) : text(0x82, name),
        ),
      ),
    ),
  );
