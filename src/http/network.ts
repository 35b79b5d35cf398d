import type { Dispatcher } from "undici";

/** How this machine reaches others: the way out, whom it trusts, what it shows of itself. Made once per process. */
export interface Network extends AsyncDisposable {
  /** Every authority that counts, as PEM: Node's own, the system's, NODE_EXTRA_CA_CERTS and the configured file. */
  authorities(): readonly string[];
  /** What servers that ask for a certificate are shown. */
  readonly clientCertificate?: ClientCertificate;
  /** The proxy for an address; undefined = straight. Its credentials are in it: never log it. */
  proxyFor(url: URL): URL | undefined;
  /** What carries HTTP to an address, with all of the above; certificates are always verified. */
  dispatcherFor(url: URL): Dispatcher;
}

/** PEM texts; the passphrase is a secret. */
export interface ClientCertificate {
  readonly certificate: string;
  readonly key: string;
  readonly passphrase?: string;
}
