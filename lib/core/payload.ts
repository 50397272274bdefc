/** One prompt as it stands in `data/prompts/<payload_file>`, one JSON object a line. */

/** An image that belongs to a prompt. */
export interface PayloadImage {
  readonly media_type: "image/png" | "image/jpeg" | "image/gif" | "image/webp";
  readonly base64: string;
}

/** One turn of a conversation. */
export interface PayloadMessage {
  /** `system`, `user` or `assistant`, as the data has it. */
  readonly role: string;
  readonly content: string;
}

export interface Payload {
  /** First 16 hex digits of SHA-256 over the prompt; over prompt and images when there are images. */
  readonly payload_id: string;
  /** The rendered template, as it is sent. */
  readonly prompt: string;
  /** Tokens of `prompt` by the run's tokenizer; images are not counted. */
  readonly prompt_tokens: number;
  readonly language: string | null;
  /** The column `datasets.question_col_key`. */
  readonly question: string | null;
  /** The column `datasets.ground_truth_col_key` as a list: any of them is right. */
  readonly ground_truth: readonly string[] | null;
  /** The column `datasets.image_col`, in order; absent: the prompt has none. */
  readonly images?: readonly PayloadImage[];
  /** The conversation that `prompt` is a transcript of; absent: the prompt is no conversation. */
  readonly messages?: readonly PayloadMessage[];
  /** Cap on the answer to this prompt, in place of the request's parameters; absent: theirs counts. */
  readonly max_tokens?: number;
}
