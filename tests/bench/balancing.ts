/**
 * What it costs to share requests among two copies of the embedded endpoint: by the client, which costs nothing on the way, and by
 * nginx with the configuration that deployments write. The same level is sent either way in turn, and what nginx adds is the median of
 * the differences between the two of a pair. Needs nginx on this machine (Debian, Ubuntu: `apt-get install nginx-light`).
 *
 *     deno run -A tests/bench/balancing.ts [pairs]
 *
 * Marks: nginx adds at most 1 ms to the time to first token and to the gaps between tokens, at p50; each copy gets within 10 % of
 * its half, either way. Exits with 1 outside of them.
 */

import { nginxConfig } from "../../lib/deploy/containers/nginx_config.ts";
import { quantile, sorted } from "../../lib/metrics/mod.ts";
import { serve, type Truth } from "../../lib/simulate/mod.ts";
import { readJsonLines } from "../../lib/storage/mod.ts";
import { endpoint } from "../load/made_up.ts";
import { sendLevel } from "./load_run.ts";

const mark_ms = 1;
const requests = 80;
const level = {
  ...{ stream: true, concurrency: 8, warmup_requests: 16, requests },
  ...{ parameters: { max_tokens: 30 }, timeout_ms: 10_000, stall_ms: 10_000 },
};
/** 20 ms to the first token, 10 ms a token, whatever the load. */
const profile = {
  ...{ base_ms: 20, prefill_tokens_per_s: 1e9, decode_ms: 10, decode_ms_per_sequence: 0 },
  ...{ slots: 10_000, jitter: 0 },
};

/** A copy of the endpoint in a process of its own, until its standard input ends. Argument: its account. */
async function copy(log_path: string): Promise<void> {
  const server = await serve({ profile, model_id: "m", log_path });
  console.log(new URL(server.url).host);
  for await (const _ of Deno.stdin.readable);
  await server.close();
}

interface Child extends AsyncDisposable {
  /** Host and port. */
  readonly host: string;
  readonly log_path: string;
}

async function startCopy(log_path: string): Promise<Child> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", import.meta.filename!, "copy", log_path],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const host = String((await reader.read()).value).trim();
  return {
    host,
    log_path,
    async [Symbol.asyncDispose]() {
      await child.stdin.close();
      await child.status;
      await reader.cancel();
    },
  };
}

/** nginx of this machine in front of copies, until it is disposed of. */
async function startNginx(folder: string, copies: readonly string[]): Promise<Child> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const host = `127.0.0.1:${(listener.addr as Deno.NetAddr).port}`;
  listener.close();
  const path = `${folder}/nginx.conf`;
  const config = nginxConfig(host, copies).replace("/tmp/nginx.pid", `${folder}/nginx.pid`);
  await Deno.writeTextFile(path, config);
  const child = new Deno.Command("nginx", {
    args: ["-p", folder, "-c", path, "-g", "daemon off;"],
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  for (let tries = 0; tries < 100; tries++) {
    const answers = await fetch(`http://${host}/health`).then(
      async (answer) => (await answer.body?.cancel(), true),
      () => false,
    );
    if (answers) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    host,
    log_path: path,
    async [Symbol.asyncDispose]() {
      child.kill("SIGQUIT");
      await child.status;
    },
  };
}

const p50 = (values: readonly number[]) => quantile(sorted(values), 500) ?? NaN;
const p99 = (values: readonly number[]) => quantile(sorted(values), 990) ?? NaN;

/** One level, in milliseconds. */
async function send(urls: readonly [string, ...string[]]) {
  const target = endpoint({ url: urls[0], ...urls.length > 1 ? { replicas: urls } : {} });
  const { records, outcome } = await sendLevel(urls[0], { ...level, endpoint: target });
  if (outcome.errors > 0) throw new Error(JSON.stringify(outcome));
  const measured = records.filter(({ phase }) => phase === "measure");
  const gaps = measured.flatMap(({ itl_us }) => itl_us!.map((us) => us / 1000));
  const ttft = measured.map(({ ttft_ms }) => ttft_ms!);
  const last = measured.map(({ sent_ms, last_token_ms }) => last_token_ms! - sent_ms!);
  return { ttft: p50(ttft), gap: p50(gaps), last: p50(last), slowest: p99(gaps) };
}

async function measure(pairs: number): Promise<boolean> {
  const folder = await Deno.makeTempDir();
  try {
    await using first = await startCopy(`${folder}/first.jsonl`);
    await using second = await startCopy(`${folder}/second.jsonl`);
    const copies = [first, second];
    await using nginx = await startNginx(folder, copies.map(({ host }) => host));
    const ways = {
      client: [`http://${first.host}/v1`, `http://${second.host}/v1`],
      nginx: [`http://${nginx.host}/v1`],
    } as const;
    const counts = async () =>
      await Promise.all(copies.map(async ({ log_path }) => (await readJsonLines<Truth>(log_path)).length));
    const shares = { client: [0, 0], nginx: [0, 0] };
    const found = { client: [], nginx: [] } as Record<keyof typeof ways, Awaited<ReturnType<typeof send>>[]>;
    for (let pair = 0; pair < pairs; pair++) {
      for (const way of pair % 2 === 0 ? ["client", "nginx"] as const : ["nginx", "client"] as const) {
        const before = await counts();
        found[way].push(await send(ways[way]));
        const after = await counts();
        shares[way] = shares[way].map((sum, i) => sum + after[i]! - before[i]!);
      }
    }
    let kept = true;
    console.log(`${pairs} pairs of ${requests} streams, 8 in flight, 30 tokens each; ms`);
    for (const way of ["client", "nginx"] as const) {
      const of = (name: keyof (typeof found)["client"][0]) =>
        p50(found[way].map((one) => one[name])).toFixed(3);
      const [a = 0, b = 0] = shares[way];
      kept &&= Math.abs(a / (a + b) - 0.5) <= 0.05;
      console.log(
        `${way.padEnd(6)}  TTFT p50 ${of("ttft")}, gap p50 ${of("gap")} p99 ${
          of("slowest")
        }, last token p50 ${of("last")}; requests by copy ${a} and ${b}`,
      );
    }
    const added = (name: "ttft" | "gap" | "last") =>
      p50(found.nginx.map((one, pair) => one[name] - found.client[pair]![name]));
    const [ttft, gap, last] = [added("ttft"), added("gap"), added("last")];
    kept &&= ttft <= mark_ms && gap <= mark_ms;
    console.log(
      `nginx adds TTFT ${ttft.toFixed(3)}, gap ${gap.toFixed(3)}, last token ${
        last.toFixed(3)
      } (at most ${mark_ms})`,
    );
    return kept;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (Deno.args[0] === "copy") {
  await copy(Deno.args[1]!);
} else {
  const there = await new Deno.Command("nginx", { args: ["-v"], stderr: "null" }).output()
    .then(({ success }) => success, () => false);
  if (!there) {
    console.log("SKIPPED: nginx is not installed (Debian, Ubuntu: apt-get install nginx-light)");
    Deno.exit(0);
  }
  const kept = await measure(Number(Deno.args[0] ?? 10));
  if (!kept) console.log("outside its marks");
  Deno.exit(kept ? 0 : 1);
}
