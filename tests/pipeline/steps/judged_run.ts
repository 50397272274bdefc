/** A run whose answers are judged, and servers that stand for judges and for an embedder. */

import { join } from "node:path";
import type { RequestRecord } from "../../../lib/core/mod.ts";
import { failure, journal, record } from "../../analyze/generated_run.ts";
import { inProject, mark, openStep, start } from "../made_up_project.ts";

export type Says = (answer: string) => string;

/** Three judges at one port, told apart by their model, each with its own opinion of an answer's last word. */
export async function withJudges(
  opinions: Readonly<Record<string, Says>>,
  work: (url: string, calls: string[]) => Promise<void>,
): Promise<void> {
  const calls: string[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const { model, messages } = await request.json();
    const prompt = String(messages[0].content);
    const given = /BEGIN GIVEN ANSWER.*\n([\s\S]*?)\n----- END GIVEN ANSWER/.exec(prompt)?.[1] ?? "";
    calls.push(`${model} ${given}`);
    const opinion = opinions[model];
    if (opinion === undefined) return Response.json({ error: { message: `no ${model}` } }, { status: 404 });
    return Response.json({
      id: "c",
      object: "chat.completion",
      model,
      choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: opinion(given) } }],
      usage: { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 },
    });
  });
  try {
    await work(`http://127.0.0.1:${server.addr.port}/v1`, calls);
  } finally {
    await server.shutdown();
  }
}

export const verdict = (right: boolean) =>
  JSON.stringify({ verdict: right ? "correct" : "incorrect", explanation: "x" });
export const fair: Says = (answer) => verdict(answer.includes("42"));
export const friendly: Says = () => verdict(true);
export const confused: Says = (answer) =>
  answer.includes("41") ? "I would rather not say." : verdict(answer.includes("42"));

export const answer = (request_id: string, completion: string, more: Partial<RequestRecord> = {}) =>
  record({ request_id, completion, ground_truth: '["42"]', question: "how many?", ...more });

export const records = [
  answer("a", "It is 42."),
  answer("b", "It is 42.", { concurrency: 4 }),
  answer("c", "It is 40."),
  answer("d", "It is 41."),
  failure({ request_id: "e", ground_truth: '["42"]' }),
  answer("f", "anything", { ground_truth: null }),
];

export const judges = (url: string, names: readonly string[]) =>
  `evaluation.judges=[${
    names.map((name) => `{model_id: ${name}, inference_script: openai_chat, ep_name: "${url}"}`).join(", ")
  }]`;

/** Works with step 4 of a run whose requests are `records`, and with the folder of its project. */
export async function withStep(
  sets: readonly string[],
  work: (step: ReturnType<typeof openStep>, folder: string) => Promise<void>,
  files: Readonly<Record<string, string>> = {},
): Promise<void> {
  await inProject(async (folder) => {
    const started = await start(folder, { sets });
    const path = join(started.run.paths.requests, "s1-w0.jsonl");
    await Deno.writeTextFile(path, journal(records.map((one) => ({ ...one, segment: "s1" })), "s1", "w0"));
    await mark(started.run, { status: "finished" }, "3_run_inference");
    await work(openStep("4_get_evaluations", started), folder);
  }, files);
}

/** A server of embeddings: 42 and 40 point the same way, 41 across. */
export async function withEmbedder(work: (url: string, texts: string[]) => Promise<void>): Promise<void> {
  const texts: string[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const { input } = await request.json() as { input: string | string[] };
    const data = [input].flat().map((text, index) => {
      texts.push(text);
      return { object: "embedding", index, embedding: text.includes("41") ? [0, 1] : [1, 0] };
    });
    return Response.json({ object: "list", model: "e", data, usage: { prompt_tokens: 1, total_tokens: 1 } });
  });
  try {
    await work(`http://127.0.0.1:${server.addr.port}/v1`, texts);
  } finally {
    await server.shutdown();
  }
}
