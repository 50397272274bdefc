/** How answers are scored without a judge: the names of the methods and what can be set about them. */

/**
 * `exact`, `contains`, `numeric`, `regex`, `json_schema` and `choice` know right and wrong; `token_f1`, `rouge_l`,
 * `levenshtein` and `token_set_ratio` give a value from 0 to 1, which a threshold makes right or wrong.
 * Each is defined in its module in `lib/evaluate/scores/`.
 */
export const scoreMethods = [
  "exact",
  "contains",
  "token_f1",
  "rouge_l",
  "numeric",
  "regex",
  "json_schema",
  "choice",
  "levenshtein",
  "token_set_ratio",
] as const;
export type ScoreMethod = (typeof scoreMethods)[number];

/** Which method, and how. What a method doesn't use is ignored. */
export interface ScoreOptions {
  /** `auto`: for each row `numeric` when all its right answers end in `#### <number>`, else `contains`. */
  readonly method: ScoreMethod | "auto";
  /** The least value that counts as right, 0 to 1; absent: the method's own; null: values are told, nothing is decided. */
  readonly threshold?: number | null;
  /** `regex`: a JavaScript regular expression, read with the flag `u`; absent: the right answers are such expressions. */
  readonly pattern?: string;
  /** `json_schema`: the schema; absent: the right answers are schemas as JSON texts. */
  readonly schema?: Readonly<Record<string, unknown>> | boolean;
  /** `choice`: the options' texts in the order A, B, C, ...; absent: letters A to J, whatever stands behind them. */
  readonly choices?: readonly string[];
  /**
   * `numeric`: the greatest difference that counts as equal, as a fraction of the right number; absent: none between whole
   * numbers, else 1e-6.
   */
  readonly tolerance?: number;
}
