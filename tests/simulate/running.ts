/** An endpoint for one test, its log, and requests over its own connection each. */

import { serve, type SimulateOptions, type Simulation, type Truth } from "../../lib/simulate/mod.ts";
import { quick, writePrompts } from "./raw_client.ts";

/** Runs a test against an endpoint with the model `m` and the prompts of `writePrompts`; gives the ground truth. */
export async function running(
  options: Partial<SimulateOptions>,
  act: (simulation: Simulation) => Promise<void>,
): Promise<Truth[]> {
  const folder = await Deno.makeTempDir();
  await writePrompts(`${folder}/prompts`);
  const log_path = `${folder}/truth.jsonl`;
  const given = { profile: quick, model_id: "m", accuracy: 1, prompts_dir: `${folder}/prompts`, log_path };
  const simulation = await serve({ ...given, ...options });
  try {
    await act(simulation);
  } finally {
    await simulation.close();
  }
  const lines = (await Deno.readTextFile(log_path)).split("\n").filter((line) => line !== "");
  await Deno.remove(folder, { recursive: true });
  return lines.map((line) => JSON.parse(line) as Truth);
}

/** What came back: the body as it was sent, without its chunks. */
export interface Came {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Posts a body, or gets a path where there is none. */
export async function ask(
  { port }: Simulation,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Came> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { connection: "close", ...headers },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

/** The data of server-sent events. */
export function dataOf({ text }: Came): string[] {
  return text.split("\n\n").filter((event) => event !== "").map((event) => event.replace(/^data: ?/, ""));
}

/** The objects of JSON lines. */
export function linesOf({ text }: Came): Record<string, unknown>[] {
  return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

/** The whole answer to "Where?", which has 300 prompt tokens, and its tokens. */
export async function plainAnswer(simulation: Simulation, model = "m"): Promise<string> {
  const messages = [{ role: "user", content: "Where?" }];
  const { text } = await ask(simulation, "/v1/chat/completions", { model, messages });
  return JSON.parse(text).choices[0].message.content;
}
