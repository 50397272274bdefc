/** TLS between the bytes of a socket and the bytes of an exchange. It knows no socket. */

import { isIP } from "node:net";
import { NetworkError } from "./connection.ts";
import {
  cText,
  type OpenSsl,
  recordSize,
  SSL_CTRL_SET_TLSEXT_HOSTNAME,
  SSL_ERROR_WANT_READ,
  SSL_ERROR_ZERO_RETURN,
  X509_CHECK_FLAG_NEVER_CHECK_SUBJECT,
  X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS,
} from "./openssl.ts";
import type { TlsContext } from "./openssl_context.ts";

/** The client's side of one connection. */
export class TlsSession {
  readonly #context: TlsContext;
  readonly #openssl: OpenSsl;
  readonly #ssl: Deno.PointerValue;
  /** From and to the socket. They go with the session. */
  readonly #in: Deno.PointerValue;
  readonly #out: Deno.PointerValue;
  #ended = false;

  /** @param hostname name or address that the certificate has to be for */
  constructor(context: TlsContext, hostname: string) {
    const { openssl, pointer } = context;
    const { ssl, crypto } = openssl;
    this.#context = context;
    this.#openssl = openssl;
    this.#ssl = ssl.SSL_new(pointer);
    context.sessions++;
    this.#in = crypto.BIO_new(crypto.BIO_s_mem());
    this.#out = crypto.BIO_new(crypto.BIO_s_mem());
    ssl.SSL_set_bio(this.#ssl, this.#in, this.#out);
    ssl.SSL_set_connect_state(this.#ssl);
    if (isIP(hostname) !== 0) {
      crypto.X509_VERIFY_PARAM_set1_ip_asc(ssl.SSL_get0_param(this.#ssl), cText(hostname));
    } else {
      const name = cText(hostname.replace(/\.$/, ""));
      ssl.SSL_ctrl(this.#ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, 0n, name);
      ssl.SSL_set_hostflags(
        this.#ssl,
        X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT,
      );
      ssl.SSL_set1_host(this.#ssl, name);
    }
  }

  /** Whether the peer has said that nothing follows. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Takes what came from the socket. */
  feed(bytes: Uint8Array<ArrayBuffer>): void {
    this.#openssl.crypto.BIO_write(this.#in, bytes, bytes.length);
  }

  /** Takes the handshake as far as it goes. Returns whether it is done. Throws NetworkError when it failed. */
  shake(): boolean {
    const result = this.#openssl.ssl.SSL_do_handshake(this.#ssl);
    return result === 1 || this.#waits(result);
  }

  /**
   * The text of the next record, valid until the next call; null when there is none whole. Throws NetworkError when what
   * came can't be right, also for an alert of the peer.
   */
  open(): Uint8Array | null {
    const { ssl, crypto, plain } = this.#openssl;
    // What was read of an unfinished record is kept in the session, so that nothing here means nothing to read.
    if (this.#ended || crypto.BIO_ctrl_pending(this.#in) === 0) return null;
    const count = ssl.SSL_read(this.#ssl, plain, recordSize);
    if (count > 0) return plain.subarray(0, count);
    this.#waits(count);
    return null;
  }

  /** Encrypts. What comes of it has to be taken. */
  seal(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#openssl.ssl.SSL_write(this.#ssl, bytes, bytes.length) <= 0) {
      throw new NetworkError(this.#openssl.fault() ?? "the connection was ended");
    }
  }

  /** Bytes for the socket, valid until the next call for any session; null when there are none. */
  take(): Uint8Array<ArrayBuffer> | null {
    const { crypto, sealed } = this.#openssl;
    if (crypto.BIO_ctrl_pending(this.#out) === 0) return null;
    return sealed.subarray(0, crypto.BIO_read(this.#out, sealed, sealed.length));
  }

  /** Says that nothing follows. That has to be taken too. */
  end(): void {
    this.#openssl.ssl.SSL_shutdown(this.#ssl);
    this.#openssl.crypto.ERR_clear_error();
  }

  free(): void {
    this.#openssl.ssl.SSL_free(this.#ssl);
    this.#context.sessions--;
    this.#context.release();
  }

  /** Returns false when a call only lacks bytes. */
  #waits(result: number): false {
    const openssl = this.#openssl;
    const code = openssl.ssl.SSL_get_error(this.#ssl, result);
    if (code === SSL_ERROR_WANT_READ) return false;
    if (code === SSL_ERROR_ZERO_RETURN) {
      this.#ended = true;
      return false;
    }
    const verdict = openssl.verdict(openssl.ssl.SSL_get_verify_result(this.#ssl));
    const fault = openssl.fault() ?? `TLS failed (code ${code})`;
    throw new NetworkError(verdict === null ? fault : `${fault}: ${verdict}`);
  }
}
