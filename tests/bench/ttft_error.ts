/**
 * How far the client's figures are from the server's own, on this machine: TTFT (first send minus end of the request's
 * body, by the server's clock) and the gaps between tokens, at 1, 50 and 200 streams of 50 events a second.
 *
 * deno run -A tests/bench/ttft_error.ts [streams ...]
 */

import { endpoint, payload, spec } from "../load/made_up.ts";
import { planLoad, runLoad } from "../../lib/load/mod.ts";
import { readJournal, writeJsonLines } from "../../lib/storage/mod.ts";
import { chunk, scriptedServer, streamHead } from "../transport/scripted_server.ts";

const tokens = 50;
const gap_ms = 20;
const wait_ms = 100;

/** What the server noted of one request, in milliseconds of its own clock. */
interface Truth {
  readonly id: string;
  readonly ttft_ms: number;
  readonly gaps_ms: number[];
}

/** The server side: own process, so that it does not share an event loop with anything measured. */
async function serve(): Promise<void> {
  const truths: Truth[] = [];
  using server = scriptedServer(async ({ send, pause, seen, index }) => {
    const id = `r${index}`;
    const start = performance.now();
    await send(streamHead);
    const sends: number[] = [];
    for (let i = 0; i < tokens; i++) {
      await pause(Math.max(0, start + wait_ms + i * gap_ms - performance.now()));
      sends.push(performance.now());
      const body = { id, choices: [{ index: 0, delta: { content: " token" } }] };
      await send(chunk(`data: ${JSON.stringify(body)}\n\n`));
    }
    const usage = { id, choices: [], usage: { prompt_tokens: 4, completion_tokens: tokens } };
    await send(chunk(`data: ${JSON.stringify(usage)}\n\n`) + chunk("data: [DONE]\n\n") + chunk(""));
    const received = Number(seen.received_ns - seen.first_send_ns!) / 1e6;
    truths.push({
      id,
      // The head goes out first and is stamped as the first send: the body's end lies `-received` before it.
      ttft_ms: sends[0]! - start - received,
      gaps_ms: sends.slice(1).map((at, i) => at - sends[i]!),
    });
  });
  console.log(server.port);
  for await (const _ of Deno.stdin.readable);
  console.log(JSON.stringify(truths));
}

function percentile(values: readonly number[], p: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? NaN).toFixed(3);
}

async function measure(streams: number): Promise<void> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", import.meta.filename!, "serve"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
  const port = Number((await lines.next()).value);
  const run_dir = await Deno.makeTempDir();
  const rows = Array.from({ length: 100 }, (_, i) => payload(`p${i}`));
  await writeJsonLines(`${run_dir}/data/prompts/p.jsonl`, rows);
  const level = spec({
    endpoint: endpoint({ url: `http://127.0.0.1:${port}/v1` }),
    concurrency: streams,
    warmup_requests: Math.max(4, streams),
    requests: Math.max(20, streams * 4),
  });
  const payloads = () => rows.map(({ payload_id }) => payload_id);
  const plan = planLoad({ seed: 1, config_hash: "bench", version: "0", levels: [level], payloads });
  const outcome = await runLoad({ plan, run_dir, segment: "s1", env: Deno.env.toObject() });
  await child.stdin.close();
  let text = "";
  for (let part = await lines.next(); !part.done; part = await lines.next()) text += part.value;
  const truths = new Map((JSON.parse(text) as Truth[]).map((truth) => [truth.id, truth]));
  const { records } = await readJournal(`${run_dir}/requests/s1-w0.jsonl`);
  await Deno.remove(run_dir, { recursive: true });
  const errors: number[] = [];
  const gaps: number[] = [];
  for (const { phase, ttft_ms, itl_us, server_request_id } of records) {
    const truth = truths.get(server_request_id ?? "");
    if (phase !== "measure" || truth === undefined || ttft_ms === null) continue;
    errors.push(ttft_ms - truth.ttft_ms);
    itl_us?.forEach((us, i) => gaps.push(Math.abs(us / 1000 - truth.gaps_ms[i]!)));
  }
  console.log(
    `${String(streams).padStart(4)} streams, ${errors.length} requests (${outcome.errors} errors): ` +
      `TTFT error p50 ${percentile(errors, 0.5)} p99 ${percentile(errors, 0.99)} ms; ` +
      `ITL error p50 ${percentile(gaps, 0.5)} p99 ${percentile(gaps, 0.99)} ms`,
  );
}

if (Deno.args[0] === "serve") await serve();
else {
  const wanted = Deno.args.length > 0 ? Deno.args.map(Number) : [1, 50, 200];
  for (const streams of wanted) await measure(streams);
}
