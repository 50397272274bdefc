/** The part of OpenSSL 3 that TLS on the kernel clock needs, its numbers, and the memory that it is given. */

import { messageOf } from "../core/mod.ts";
import { NetworkError } from "./connection.ts";

// Counts of 64 bits are taken by their lower half: no buffer here is larger. What OpenSSL keeps it copies; a buffer is
// only looked at during the call.
const cryptoSymbols = {
  BIO_new: { parameters: ["pointer"], result: "pointer" },
  BIO_free: { parameters: ["pointer"], result: "i32" },
  BIO_s_mem: { parameters: [], result: "pointer" },
  BIO_read: { parameters: ["pointer", "buffer", "i32"], result: "i32" },
  BIO_write: { parameters: ["pointer", "buffer", "i32"], result: "i32" },
  BIO_ctrl_pending: { parameters: ["pointer"], result: "i32" },
  ERR_clear_error: { parameters: [], result: "void" },
  ERR_get_error: { parameters: [], result: "u64" },
  ERR_reason_error_string: { parameters: ["u64"], result: "pointer" },
  PEM_read_bio_X509: { parameters: ["pointer", "pointer", "pointer", "pointer"], result: "pointer" },
  X509_free: { parameters: ["pointer"], result: "void" },
  X509_STORE_add_cert: { parameters: ["pointer", "pointer"], result: "i32" },
  X509_VERIFY_PARAM_set_flags: { parameters: ["pointer", "u64"], result: "i32" },
  X509_VERIFY_PARAM_set1_ip_asc: { parameters: ["pointer", "buffer"], result: "i32" },
  X509_verify_cert_error_string: { parameters: ["i64"], result: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

const sslSymbols = {
  TLS_client_method: { parameters: [], result: "pointer" },
  SSL_CTX_new: { parameters: ["pointer"], result: "pointer" },
  SSL_CTX_free: { parameters: ["pointer"], result: "void" },
  SSL_CTX_ctrl: { parameters: ["pointer", "i32", "i64", "pointer"], result: "i32" },
  SSL_CTX_set_options: { parameters: ["pointer", "u64"], result: "i32" },
  SSL_CTX_set_verify: { parameters: ["pointer", "i32", "pointer"], result: "void" },
  SSL_CTX_set_alpn_protos: { parameters: ["pointer", "buffer", "u32"], result: "i32" },
  SSL_CTX_set_default_verify_paths: { parameters: ["pointer"], result: "i32" },
  SSL_CTX_load_verify_file: { parameters: ["pointer", "buffer"], result: "i32" },
  SSL_CTX_get_cert_store: { parameters: ["pointer"], result: "pointer" },
  SSL_CTX_get0_param: { parameters: ["pointer"], result: "pointer" },
  SSL_new: { parameters: ["pointer"], result: "pointer" },
  SSL_free: { parameters: ["pointer"], result: "void" },
  SSL_ctrl: { parameters: ["pointer", "i32", "i64", "buffer"], result: "i32" },
  SSL_get0_param: { parameters: ["pointer"], result: "pointer" },
  SSL_set1_host: { parameters: ["pointer", "buffer"], result: "i32" },
  SSL_set_hostflags: { parameters: ["pointer", "u32"], result: "void" },
  SSL_set_bio: { parameters: ["pointer", "pointer", "pointer"], result: "void" },
  SSL_set_connect_state: { parameters: ["pointer"], result: "void" },
  SSL_do_handshake: { parameters: ["pointer"], result: "i32" },
  SSL_read: { parameters: ["pointer", "buffer", "i32"], result: "i32" },
  SSL_write: { parameters: ["pointer", "buffer", "i32"], result: "i32" },
  SSL_shutdown: { parameters: ["pointer"], result: "i32" },
  SSL_get_error: { parameters: ["pointer", "i32"], result: "i32" },
  SSL_get_verify_result: { parameters: ["pointer"], result: "i64" },
} as const satisfies Deno.ForeignLibraryInterface;

/** Numbers of OpenSSL's headers. */
export const SSL_VERIFY_PEER = 1;
export const SSL_ERROR_WANT_READ = 2;
export const SSL_ERROR_ZERO_RETURN = 6;
export const SSL_CTRL_SET_TLSEXT_HOSTNAME = 55;
export const SSL_CTRL_SET_MIN_PROTO_VERSION = 123;
export const TLS1_2_VERSION = 0x303n;
export const SSL_OP_NO_RENEGOTIATION = 1n << 30n;
export const X509_V_FLAG_PARTIAL_CHAIN = 0x80000n;
export const X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS = 4;
export const X509_CHECK_FLAG_NEVER_CHECK_SUBJECT = 0x20;
const PEM_R_NO_START_LINE = 108;

/** The text of a record is no longer. */
export const recordSize = 16_384;
/** How much of a request is encrypted at once. */
export const pieceSize = 4 * recordSize;

/** OpenSSL's functions over one piece of memory. */
export class OpenSsl {
  readonly crypto: Deno.DynamicLibrary<typeof cryptoSymbols>["symbols"];
  readonly ssl: Deno.DynamicLibrary<typeof sslSymbols>["symbols"];
  readonly #libraries: readonly Disposable[];
  /** Large, so that V8 does not move it. */
  readonly #arena = new ArrayBuffer(recordSize + pieceSize + recordSize);
  /** What was read out of a record. */
  readonly plain = new Uint8Array(this.#arena, 0, recordSize);
  /** What is to go to the socket. A piece with what the records add fits in. */
  readonly sealed = new Uint8Array(this.#arena, recordSize);

  /** Throws when a library or one of its functions is missing, or ffi is not allowed. */
  constructor() {
    const crypto = Deno.dlopen("libcrypto.so.3", cryptoSymbols);
    try {
      const ssl = Deno.dlopen("libssl.so.3", sslSymbols);
      this.crypto = crypto.symbols;
      this.ssl = ssl.symbols;
      this.#libraries = [ssl, crypto].map((library) => ({ [Symbol.dispose]: () => library.close() }));
    } catch (error) {
      crypto.close();
      throw error;
    }
  }

  /** Why the last call failed, in OpenSSL's words; null when it left none. Its list of errors is empty then. */
  fault(): string | null {
    const code = this.crypto.ERR_get_error();
    this.crypto.ERR_clear_error();
    if (code === 0n) return null;
    return text(this.crypto.ERR_reason_error_string(code)) ?? `OpenSSL error ${code.toString(16)}`;
  }

  /** What is wrong with a certificate; null = nothing. */
  verdict(code: bigint): string | null {
    return code === 0n ? null : text(this.crypto.X509_verify_cert_error_string(code));
  }

  /** The certificates of a PEM text, to be freed. Throws NetworkError when there is none, or a broken one. */
  certificates(pem: string): Deno.PointerObject[] {
    const { crypto } = this;
    const bytes = new TextEncoder().encode(pem);
    const bio = crypto.BIO_new(crypto.BIO_s_mem());
    const found: Deno.PointerObject[] = [];
    try {
      crypto.BIO_write(bio, bytes, bytes.length);
      for (;;) {
        const certificate = crypto.PEM_read_bio_X509(bio, null, null, null);
        if (certificate === null) break;
        found.push(certificate);
      }
    } finally {
      crypto.BIO_free(bio);
    }
    const code = crypto.ERR_get_error();
    crypto.ERR_clear_error();
    // A text ends where no further certificate begins.
    if (found.length > 0 && Number(code & 0x7fffffn) === PEM_R_NO_START_LINE) return found;
    found.forEach((certificate) => crypto.X509_free(certificate));
    throw new NetworkError(text(crypto.ERR_reason_error_string(code)) ?? "no certificate");
  }

  close(): void {
    this.#libraries.forEach((library) => library[Symbol.dispose]());
  }
}

/** A text for C, with its end mark. */
export function cText(value: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${value}\0`);
}

/** Why TLS can't be had on the kernel clock, as the end of a sentence; null when it can. */
export function opensslFault(): string | null {
  try {
    new OpenSsl().close();
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

function text(pointer: Deno.PointerValue): string | null {
  return pointer === null ? null : Deno.UnsafePointerView.getCString(pointer);
}
