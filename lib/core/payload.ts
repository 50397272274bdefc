/** One prompt as it stands in `data/prompts/<payload_file>`, one JSON object a line. */

export interface Payload {
  /** First 16 hex digits of SHA-256 over the prompt. */
  readonly payload_id: string;
  /** The rendered template, as it is sent. */
  readonly prompt: string;
  /** Tokens of `prompt` by the run's tokenizer. */
  readonly prompt_tokens: number;
  readonly language: string | null;
  /** The column `datasets.question_col_key`. */
  readonly question: string | null;
  /** The column `datasets.ground_truth_col_key` as a list: any of them is right. */
  readonly ground_truth: readonly string[] | null;
}
