/**
 * One client of `arrival_error.ts`, in its own process: closed loop of so many streams, spread as in `native/client.c`,
 * every event's JSON parsed, the arrivals written as `native/journal.h` says.
 *
 *     deno run -A arrival_client.ts kernel|user|fetch|node:http JOURNAL PORT STREAMS SECONDS WARMUP_SECONDS [CA]
 *
 * With the file of an issuer (PEM) it speaks TLS.
 * Prints events, requests and CPU microseconds after the warm-up, as `native/client.c` does.
 */

import http from "node:http";
import https from "node:https";
import process from "node:process";
import { kernelTransport, SseScanner, type Transport, userTransport } from "../../lib/transport/mod.ts";

const [kind = "", path = "", port = "", ...rest] = Deno.args;
const [streams = 1, seconds = 1, warmup_s = 0] = rest.slice(0, 3).map(Number);
const ca = rest[3] === undefined ? null : await Deno.readTextFile(rest[3]);
const caCerts = ca === null ? [] : [ca];
const url = `${ca === null ? "http" : "https"}://127.0.0.1:${port}/v1/chat/completions`;
const body = `{"stream":true}`;
const headers = { "content-type": "application/json" };

/** Reads one response: arrivals of content, and the number the server gave it. */
class Reading {
  readonly at_ms: number[] = [];
  id = -1;
  sent_ms = 0;
  readonly #scanner = new SseScanner(({ data, at_ms }) => {
    if (data === "[DONE]") return;
    const { id, choices } = JSON.parse(data) as { id: string; choices: { delta: { content?: string } }[] };
    if (!choices[0]?.delta.content) return;
    if (this.id < 0) this.id = Number(id.slice(1));
    this.at_ms.push(at_ms);
    events++;
  });

  onHead(): void {}

  onData(bytes: Uint8Array, at_ms: number): void {
    this.#scanner.push(bytes, at_ms);
  }
}

type Client = (reading: Reading) => Promise<void>;

function byTransport(transport: Transport): Client {
  return async (reading) => {
    const { sent_ms, failure } = await transport.send({ method: "POST", url, headers, body }, reading);
    if (failure !== null) throw new Error(failure.message);
    reading.sent_ms = sent_ms!;
  };
}

function byFetch(): Client {
  const client = Deno.createHttpClient({ caCerts });
  return async (reading) => {
    reading.sent_ms = performance.now();
    const response = await fetch(url, { method: "POST", headers, body, client });
    const reader = response.body!.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      reading.onData(part.value, performance.now());
    }
  };
}

function byNode(): Client {
  const { Agent, request: send } = ca === null ? http : https;
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity, ca: caCerts });
  return (reading) =>
    new Promise((resolve, reject) => {
      reading.sent_ms = performance.now();
      const request = send(url, { method: "POST", headers, agent }, (response) => {
        response.on("data", (part: Uint8Array) => reading.onData(part, performance.now()));
        response.on("end", () => resolve());
      });
      request.on("error", reject);
      request.end(body);
    });
}

const clients: Record<string, () => Client> = {
  kernel: () => byTransport(kernelTransport({ caCerts, https: ca !== null })),
  user: () => byTransport(userTransport({ caCerts })),
  fetch: byFetch,
  "node:http": byNode,
};

const cpu_us = () => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

const client = clients[kind]!();
const finished: Reading[] = [];
let events = 0;
let requests = 0;
let warm_us = 0;
const started = performance.now();
const end_ms = started + seconds * 1000;

async function stream(index: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 971.7 * index / streams));
  while (performance.now() < end_ms) {
    const reading = new Reading();
    await client(reading);
    requests++;
    finished.push(reading);
  }
}

setTimeout(() => {
  events = 0;
  requests = 0;
  warm_us = cpu_us();
}, warmup_s * 1000);

setTimeout(() => {
  const spent = cpu_us() - warm_us;
  console.log(events, requests, Math.round(spent));
  const file = Deno.openSync(path, { write: true, create: true, truncate: true });
  for (const { id, at_ms, sent_ms } of finished) {
    const record = new DataView(new ArrayBuffer(16 + 8 * at_ms.length));
    record.setUint32(0, id, true);
    record.setUint32(4, at_ms.length, true);
    [sent_ms, ...at_ms].forEach((ms, i) => record.setBigInt64(8 + 8 * i, BigInt(Math.round(ms * 1e6)), true));
    file.writeSync(new Uint8Array(record.buffer));
  }
  Deno.exit(0);
}, seconds * 1000);

await Promise.all(Array.from({ length: streams }, (_, index) => stream(index)));
