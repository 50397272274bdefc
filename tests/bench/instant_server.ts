/** Servers for benchmarks of the load itself, each in a process of its own: the endpoint must not share an event loop. */

import { machineNanoseconds } from "../../lib/core/mod.ts";
import { response } from "../transport/scripted_server.ts";

/** What such a server saw of each request, in nanoseconds of the machine's monotonic clock, as digits. */
export interface Account {
  readonly received_ns: readonly string[];
  /** Just before the answer was written. */
  readonly answered_ns: readonly string[];
}

/** A server at work. */
export interface BenchServer {
  readonly url: string;
  /** Ends it and tells what it saw. */
  finish(): Promise<Account>;
}

const body = JSON.stringify({
  choices: [{ message: { role: "assistant", content: "ok" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 1, completion_tokens: 1 },
});
const answer = new TextEncoder().encode(response(body, "200 OK", "application/json"));

/** Starts a server that answers after `service_ms`; 0 = at once. On another core than the load where `taskset` allows it. */
export async function startServer(service_ms: number): Promise<BenchServer> {
  const args = ["run", "-A", "--quiet", import.meta.filename!, String(service_ms)];
  const pinned = await new Deno.Command("taskset", { args: ["-c", "1", "true"], stderr: "null" }).output()
    .then(({ success }) => success, () => false);
  const child = new Deno.Command(pinned ? "taskset" : Deno.execPath(), {
    args: pinned ? ["-c", "1", Deno.execPath(), ...args] : args,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const parts = child.stdout.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
  const port = Number((await parts.next()).value);
  return {
    url: `http://127.0.0.1:${port}/v1`,
    async finish() {
      await child.stdin.close();
      let text = "";
      for (let part = await parts.next(); !part.done; part = await parts.next()) text += part.value;
      await child.status;
      return JSON.parse(text);
    },
  };
}

/** A request is over when its announced bytes have come; nothing of it is looked at. */
async function serve(service_ms: number): Promise<void> {
  const received_ns: string[] = [];
  const answered_ns: string[] = [];
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  console.log((listener.addr as Deno.NetAddr).port);

  async function connection(conn: Deno.TcpConn): Promise<void> {
    conn.setNoDelay(true);
    const buffer = new Uint8Array(65_536);
    const decoder = new TextDecoder("latin1");
    let kept = "";
    for (let count = await conn.read(buffer); count !== null; count = await conn.read(buffer)) {
      kept += decoder.decode(buffer.subarray(0, count));
      const head = kept.indexOf("\r\n\r\n");
      const length = Number(/content-length: *(\d+)/i.exec(kept)?.[1] ?? 0);
      if (head < 0 || kept.length < head + 4 + length) continue;
      kept = "";
      const place = received_ns.push(String(machineNanoseconds())) - 1;
      if (service_ms > 0) await new Promise((resolve) => setTimeout(resolve, service_ms));
      answered_ns[place] = String(machineNanoseconds());
      await conn.write(answer);
    }
    conn.close();
  }
  (async () => {
    for await (const conn of listener) connection(conn).catch(() => {});
  })().catch(() => {});
  for await (const _ of Deno.stdin.readable);
  console.log(JSON.stringify({ received_ns, answered_ns } satisfies Account));
  Deno.exit();
}

if (import.meta.main) await serve(Number(Deno.args[0]));
