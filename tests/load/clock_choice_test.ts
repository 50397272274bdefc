/** Who stamps what a worker receives, and what a run is told of it. */

import assert from "node:assert/strict";
import { planLoad, runLoad } from "../../lib/load/mod.ts";
import { type ClockChoice, kernelClockFault, kernelTlsFault } from "../../lib/transport/mod.ts";
import { readJournal, writeJsonLines } from "../../lib/storage/mod.ts";
import { type KeyPair } from "../transport/certificates.ts";
import { response, scriptedServer } from "../transport/scripted_server.ts";
import { ca, made, own } from "../transport/secure_suite.ts";
import { endpoint, payload, spec } from "./made_up.ts";

interface Sent {
  readonly statuses: readonly (string | null)[];
  readonly clocks: readonly (string | null)[];
  readonly notices: readonly string[];
  /** Whether the first request took time for TLS. */
  readonly tls: boolean;
}

/** Sends four requests by a worker of its own. */
async function sent(clock: ClockChoice, tls?: KeyPair, env: Record<string, string> = {}): Promise<Sent> {
  const run_dir = await Deno.makeTempDir();
  const answer = JSON.stringify({ choices: [{ message: { content: "a" }, finish_reason: "stop" }] });
  using server = scriptedServer(({ send }) => send(response(answer, "200 OK", "application/json")), tls);
  try {
    const rows = [payload("p0"), payload("p1")];
    await writeJsonLines(`${run_dir}/data/prompts/p.jsonl`, rows);
    await Deno.writeTextFile(`${run_dir}/ca.pem`, ca);
    const url = `${server.url}/v1`;
    const plan = planLoad({
      seed: 1,
      config_hash: "c",
      version: "0",
      levels: [spec({ stream: false, concurrency: 1, requests: 4, endpoint: endpoint({ url }) })],
      payloads: () => rows.map(({ payload_id }) => payload_id),
    });
    const notices: string[] = [];
    await runLoad({
      plan,
      run_dir,
      segment: "s1",
      clock,
      onNotice: (notice) => notices.push(notice),
      env: { ...Deno.env.toObject(), ...(tls ? { DENO_CERT: `${run_dir}/ca.pem` } : {}), ...env },
    });
    const { records } = await readJournal(`${run_dir}/requests/s1-w0.jsonl`);
    return {
      statuses: records.map(({ status }) => status),
      clocks: [...new Set(records.map(({ clock }) => clock))],
      notices,
      tls: records[0]!.tls_ms !== null,
    };
  } finally {
    await Deno.remove(run_dir, { recursive: true });
  }
}

const ok = ["ok", "ok", "ok", "ok"];
const noKernel = kernelClockFault() !== null;

Deno.test({
  name: "auto is the kernel's clock for http",
  ignore: noKernel,
  async fn() {
    assert.deepEqual(await sent("auto"), { statuses: ok, clocks: ["kernel"], notices: [], tls: false });
  },
});

Deno.test("user is the user's clock", async () => {
  assert.deepEqual(await sent("user"), { statuses: ok, clocks: ["user"], notices: [], tls: false });
});

Deno.test({
  name: "auto is the user's clock for https, which is no news",
  ignore: made === null,
  async fn() {
    assert.deepEqual(await sent("auto", own), { statuses: ok, clocks: ["user"], notices: [], tls: true });
  },
});

Deno.test({
  name: "kernel is the kernel's clock for https too",
  ignore: made === null || kernelTlsFault() !== null,
  async fn() {
    assert.deepEqual(await sent("kernel", own), { statuses: ok, clocks: ["kernel"], notices: [], tls: true });
  },
});
