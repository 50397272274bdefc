/** What there is to judge: every distinct answer once, however many requests it was given to. */

import { type DistinctAnswer, type RequestRecord, sha256 } from "../core/mod.ts";
import { readGroundTruth } from "./ground_truth.ts";

/** The columns that tell answers apart. */
export type AnswerRecord = Pick<
  RequestRecord,
  | "request_id"
  | "phase"
  | "status"
  | "payload_file"
  | "payload_id"
  | "question"
  | "completion"
  | "ground_truth"
>;

/** The prompt of a payload, for rows without a question; null where it is not known either. */
export type PromptOf = (payload_file: string, payload_id: string) => string | null;

/**
 * Collects the answers of requests, one final record a request, as the records come. Only requests of the measure phase
 * that succeeded and have a ground truth give an answer: there is nothing to judge about the others. An empty answer is an
 * answer.
 *
 * Experiments share answers: the same question, right answers and words are judged once, whoever said them. Of payloads
 * that share an answer the first is named.
 */
export class DistinctAnswers {
  readonly #answers = new Map<string, DistinctAnswer>();
  readonly #ofRequest = new Map<string, string>();
  readonly #promptOf: PromptOf;

  /** @param promptOf stands in for a missing question; without it, or where it knows none, the question is empty */
  constructor(promptOf: PromptOf = () => null) {
    this.#promptOf = promptOf;
  }

  /** Every answer once, by its `answer_id`, in the order in which they came. */
  get answers(): ReadonlyMap<string, DistinctAnswer> {
    return this.#answers;
  }

  /** `request_id` -> `answer_id`, for the requests that gave an answer. */
  get ofRequest(): ReadonlyMap<string, string> {
    return this.#ofRequest;
  }

  /**
   * @returns the answer's id; null when the record gives none
   * @throws {TypeError} If the record should give an answer and names no request or payload, or if its request was there before
   */
  add(record: AnswerRecord): string | null {
    if (record.phase !== "measure" || record.status !== "ok") return null;
    const ground_truth = readGroundTruth(record.ground_truth);
    if (ground_truth.length === 0) return null;
    const request = known(record, "request_id");
    if (this.#ofRequest.has(request)) {
      throw new TypeError(`Cannot take two answers for request ${request}: expected final records`);
    }
    const payload_file = known(record, "payload_file");
    const payload_id = known(record, "payload_id");
    const question = record.question ?? this.#promptOf(payload_file, payload_id) ?? "";
    const answer = record.completion ?? "";
    const answer_id = answerId({ question, ground_truth, answer });
    this.#ofRequest.set(request, answer_id);
    if (!this.#answers.has(answer_id)) {
      this.#answers.set(answer_id, { answer_id, payload_file, payload_id, question, answer, ground_truth });
    }
    return answer_id;
  }
}

/** The distinct answers of records that are all there already. */
export function distinctAnswers(records: Iterable<AnswerRecord>, promptOf?: PromptOf): DistinctAnswers {
  const found = new DistinctAnswers(promptOf);
  for (const record of records) found.add(record);
  return found;
}

/** First 16 hex digits of SHA-256 over what a judge is shown; the order of the right answers counts. */
export function answerId(
  { question, ground_truth, answer }: Pick<DistinctAnswer, "question" | "ground_truth" | "answer">,
): string {
  return sha256(JSON.stringify([question, ground_truth, answer])).slice(0, 16);
}

function known(record: AnswerRecord, column: "request_id" | "payload_file" | "payload_id"): string {
  const value = record[column];
  if (value === null) throw new TypeError(`Cannot take the answer of a record without ${column}`);
  return value;
}
