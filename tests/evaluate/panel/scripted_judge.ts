/** Judges for tests: a server that speaks OpenAI's chat protocol by a script, and what it takes to ask it. */

import type { DistinctAnswer, Endpoint } from "../../../lib/core/mod.ts";
import type { Judge, Judging, JudgingOptions } from "../../../lib/evaluate/mod.ts";
import { judgeAnswers } from "../../../lib/evaluate/mod.ts";
import { openTransports } from "../../../lib/transport/mod.ts";
import { response, type ScriptedServer, scriptedServer } from "../../transport/scripted_server.ts";

/** A call as a judge sees it. */
export interface Asked {
  /** The last message. */
  readonly prompt: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly body: Readonly<Record<string, unknown>>;
  /** Number of this call, from 0. */
  readonly index: number;
}

/** A text is the judge's reply; `hang`: no answer ever comes; `reset`: the connection ends. */
export type Said =
  | string
  | "hang"
  | "reset"
  | { readonly status: string; readonly body?: string; readonly headers?: string };

export const correct = '{"verdict": "correct", "explanation": "it is"}';
export const incorrect = '{"verdict": "incorrect", "explanation": "it is not"}';

export function judgeServer(say: (asked: Asked) => Said | Promise<Said>): ScriptedServer {
  return scriptedServer(async ({ seen, index, send, close }) => {
    const body = JSON.parse(seen.body);
    const said = await say({ prompt: textOf(body.messages.at(-1)), messages: body.messages, body, index });
    if (said === "hang") return await new Promise<void>(() => {});
    if (said === "reset") return close();
    if (typeof said !== "string") {
      const text = said.body ?? "{}";
      return await send(
        `HTTP/1.1 ${said.status}\r\n${said.headers ?? ""}content-length: ${text.length}\r\n\r\n${text}`,
      );
    }
    const completion = {
      choices: [{ index: 0, message: { content: said }, finish_reason: "stop" }],
      usage: { prompt_tokens: 100, completion_tokens: 10 },
    };
    await send(response(JSON.stringify(completion), "200 OK", "application/json"));
  });
}

/** Converse has parts where OpenAI has a text. */
const textOf = ({ content }: { content: string | { text: string }[] }) =>
  typeof content === "string" ? content : content.map(({ text }) => text).join("");

const template = await Deno.readTextFile(
  new URL("../../../prompt_templates/evaluation/judge.txt", import.meta.url),
);
const rules = await Deno.readTextFile(
  new URL("../../../prompt_templates/evaluation/rules.txt", import.meta.url),
);

export function judgeAt(url: string, name = "judge", more: Partial<Judge> = {}): Judge {
  const endpoint: Endpoint = {
    experiment_name: name,
    endpoint_name: name,
    predictor: "openai_chat",
    url: `${url}/v1`,
    model_id: name,
    instance_type: "",
    instance_count: 1,
    region: null,
    deployed: false,
    simulated: false,
    api_key_env: null,
  };
  return { name, endpoint, parameters: { max_tokens: 300, temperature: 0 }, template, rules, ...more };
}

export function answerOf(i: number, answer = `answer ${i}`): DistinctAnswer {
  return {
    answer_id: `a${i}`,
    payload_file: "p.jsonl",
    payload_id: `p${i}`,
    question: `What is ${i}?`,
    answer,
    ground_truth: [`truth ${i}`],
  };
}

export const answersUpTo = (n: number) => Array.from({ length: n }, (_, i) => answerOf(i));

/** A folder for votes, gone afterwards. */
export async function inFolder(body: (votes_path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(`${folder}/evaluations/votes.jsonl`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Judges with short waits, over a transport of its own. */
export async function judging(
  options: Omit<JudgingOptions, "transports">,
): Promise<Judging & { readonly notices: readonly string[] }> {
  const notices: string[] = [];
  const transports = openTransports("user");
  try {
    const judged = await judgeAnswers({
      retries: { attempts: 3, backoff_ms: 1, longest_ms: 50 },
      timeout_ms: 2_000,
      onNotice: (text) => notices.push(text),
      ...options,
      transports,
    });
    return { ...judged, notices };
  } finally {
    transports.close();
  }
}
