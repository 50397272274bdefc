/** A request that is answered with an error; each protocol has its own form for it. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: number;
  /** The protocol's own word for it, such as the name of an exception. */
  readonly code: string | null;
  /** Which field of the request is meant. */
  readonly param: string | null;

  constructor(status: number, message: string, more: { code?: string; param?: string } = {}) {
    super(message);
    this.status = status;
    this.code = more.code ?? null;
    this.param = more.param ?? null;
  }
}
