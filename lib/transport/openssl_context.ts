/** What all TLS connections of a transport share: versions, protocol, and whom they trust. */

import { messageOf, UserError } from "../core/mod.ts";
import {
  cText,
  OpenSsl,
  SSL_CTRL_SET_MIN_PROTO_VERSION,
  SSL_OP_NO_RENEGOTIATION,
  SSL_VERIFY_PEER,
  TLS1_2_VERSION,
  X509_V_FLAG_PARTIAL_CHAIN,
} from "./openssl.ts";

/** The length of the name before the name. */
const alpn = new TextEncoder().encode("\x08http/1.1");

export interface TrustOptions {
  /** PEM texts, several certificates each possible. */
  readonly caCerts: readonly string[];
  /** A PEM file, as the runtime takes it from `DENO_CERT`; null = none. */
  readonly certFile: string | null;
}

/**
 * TLS 1.2 or 1.3, `http/1.1`, certificates verified. Trusted are the system's issuers (where OpenSSL was built to look for
 * them, or `SSL_CERT_FILE` and `SSL_CERT_DIR`) and what the options add: these are trusted as they are, with nothing
 * needed above them, as on the user clock.
 */
export class TlsContext {
  readonly openssl: OpenSsl;
  readonly pointer: Deno.PointerValue;
  /** How many are not freed. */
  sessions = 0;
  #closed = false;

  /** @throws {UserError} if a certificate can't be read */
  constructor({ caCerts, certFile }: TrustOptions) {
    this.openssl = new OpenSsl();
    const { ssl, crypto } = this.openssl;
    this.pointer = ssl.SSL_CTX_new(ssl.TLS_client_method());
    ssl.SSL_CTX_ctrl(this.pointer, SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_2_VERSION, null);
    ssl.SSL_CTX_set_options(this.pointer, SSL_OP_NO_RENEGOTIATION);
    ssl.SSL_CTX_set_verify(this.pointer, SSL_VERIFY_PEER, null);
    ssl.SSL_CTX_set_alpn_protos(this.pointer, alpn, alpn.length);
    crypto.X509_VERIFY_PARAM_set_flags(ssl.SSL_CTX_get0_param(this.pointer), X509_V_FLAG_PARTIAL_CHAIN);
    ssl.SSL_CTX_set_default_verify_paths(this.pointer);
    // Without a store of the system's own there is nothing to say yet: whoever is not trusted is named later.
    crypto.ERR_clear_error();
    try {
      if (certFile !== null) this.#trustFile(certFile);
      caCerts.forEach((pem) => this.#trust(pem));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** The library goes with the last session. */
  close(): void {
    this.#closed = true;
    this.release();
  }

  /** A session was freed. */
  release(): void {
    if (!this.#closed || this.sessions > 0) return;
    this.openssl.ssl.SSL_CTX_free(this.pointer);
    this.openssl.close();
  }

  #trustFile(path: string): void {
    if (this.openssl.ssl.SSL_CTX_load_verify_file(this.pointer, cText(path)) === 1) return;
    throw refused(path, this.openssl.fault() ?? "it can't be read");
  }

  #trust(pem: string): void {
    const { ssl, crypto } = this.openssl;
    let certificates: Deno.PointerObject[];
    try {
      certificates = this.openssl.certificates(pem);
    } catch (error) {
      throw refused(pem.trim().slice(0, 40), messageOf(error));
    }
    const store = ssl.SSL_CTX_get_cert_store(this.pointer);
    for (const certificate of certificates) {
      crypto.X509_STORE_add_cert(store, certificate);
      crypto.X509_free(certificate);
    }
  }
}

function refused(thing: string, found: string): UserError {
  return new UserError({ action: "trust the issuers of", thing, found, expected: "certificates as PEM" });
}
