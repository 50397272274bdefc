/**
 * Gets done before the first request what would otherwise happen while one is timed: the runtime compiles what answering
 * takes, and the kernel makes room for descriptors. (When the table of a process with several threads has to grow, at 256
 * and at each doubling, Linux holds the caller for about 10 ms: `expand_files` waits for an RCU grace period.)
 */

import { serve } from "./simulation.ts";

const connections = 32;
const requestsEach = 20;

/** Connections that are opened for their descriptors only, two each: the table then has room for some 2,000. */
const idleConnections = 600;

/** Next to no waiting: some thousand tokens in a fraction of a second. */
const profile = {
  base_ms: 1,
  prefill_tokens_per_s: 1e9,
  decode_ms: 0.2,
  decode_ms_per_sequence: 0,
  slots: connections,
  jitter: 0.1,
};

/** Has an endpoint of its own answer some requests over the loopback interface. Where that is not allowed, nothing is done. */
export async function warmUp(): Promise<void> {
  const state = await Deno.permissions.query({ name: "net", host: "127.0.0.1" });
  if (state.state !== "granted") return;
  const simulation = await serve({ profile, model_id: "m" });
  const idle: Deno.TcpConn[] = [];
  try {
    await Promise.all(Array.from({ length: connections }, () => converse(simulation.port)));
    while (idle.length < idleConnections) {
      idle.push(await Deno.connect({ hostname: "127.0.0.1", port: simulation.port }));
    }
  } catch (error) {
    // A limit on open files below that: requests will meet it as well, and say so.
    if (!(error instanceof Error)) throw error;
  } finally {
    for (const connection of idle) connection.close();
    await simulation.close();
  }
}

async function converse(port: number): Promise<void> {
  const body = JSON.stringify({
    ...{ model: "m", stream: true, stream_options: { include_usage: true } },
    messages: [{ role: "user", content: "Hello" }],
  });
  const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n`;
  const request = new TextEncoder().encode(head + body);
  const buffer = new Uint8Array(4096);
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  try {
    for (let i = 0; i < requestsEach; i++) {
      await connection.write(request);
      while (!endsResponse(buffer, await connection.read(buffer) ?? 0));
    }
  } finally {
    connection.close();
  }
}

/** Whether what was read ends with the last chunk, `0 CR LF CR LF`; a connection that has ended counts, too. */
function endsResponse(buffer: Uint8Array, count: number): boolean {
  return count === 0 || (count >= 5 && buffer[count - 1] === 10 && buffer[count - 3] === 10 &&
    buffer[count - 5] === 48);
}
