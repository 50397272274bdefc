/** Seals what controller and workers say to each other: keys to endpoints travel in it, over networks of others. */

/** Who speaks: the two directions never share a counter. */
export type Speaker = "controller" | "worker";

const ivBytes = 12;

/**
 * AES-256-GCM under a key made of a secret that both sides have. Each frame is bound to its connection, its direction and its place, so
 * that none can be replayed, reordered or left out unnoticed. Calls of one direction are answered in their order.
 */
export class Seal {
  readonly #key: Promise<CryptoKey>;
  readonly #connection: string;
  #sent = 0;
  #received = 0;
  #sealing: Promise<unknown> = Promise.resolve();
  #opening: Promise<unknown> = Promise.resolve();

  /** @param connection drawn anew for each connection */
  constructor(secret: string, connection: string) {
    this.#key = keyOf(secret);
    this.#connection = connection;
  }

  /** A message as bytes that nobody else can read or make. */
  seal(speaker: Speaker, message: unknown): Promise<Uint8Array<ArrayBuffer>> {
    const place = this.#place(speaker, this.#sent++);
    const sealed = this.#sealing.then(async () => {
      const iv = crypto.getRandomValues(new Uint8Array(ivBytes));
      const plain = new TextEncoder().encode(JSON.stringify(message));
      const parameters = { name: "AES-GCM", iv, additionalData: place };
      const secret = new Uint8Array(await crypto.subtle.encrypt(parameters, await this.#key, plain));
      const frame = new Uint8Array(ivBytes + secret.length);
      frame.set(iv);
      frame.set(secret, ivBytes);
      return frame;
    });
    this.#sealing = sealed.catch(() => {});
    return sealed;
  }

  /** What `seal` was given; rejects for a frame that is not the other side's next one. */
  open<T>(speaker: Speaker, frame: Uint8Array<ArrayBuffer>): Promise<T> {
    const place = this.#place(speaker, this.#received++);
    const opened = this.#opening.then(async () => {
      const parameters = { name: "AES-GCM", iv: frame.subarray(0, ivBytes), additionalData: place };
      const plain = await crypto.subtle.decrypt(parameters, await this.#key, frame.subarray(ivBytes));
      return JSON.parse(new TextDecoder().decode(plain)) as T;
    });
    this.#opening = opened.catch(() => {});
    return opened;
  }

  #place(speaker: Speaker, count: number): Uint8Array<ArrayBuffer> {
    return new TextEncoder().encode(`${this.#connection} ${speaker} ${count}`);
  }
}

async function keyOf(secret: string): Promise<CryptoKey> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(secret));
  return await crypto.subtle.importKey("raw", digest, "AES-GCM", false, ["encrypt", "decrypt"]);
}
