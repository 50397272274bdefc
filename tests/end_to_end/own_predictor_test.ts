import assert from "node:assert/strict";
import { join } from "node:path";
import { loadConfig } from "../../lib/config/mod.ts";
import type { Endpoint, ProtocolOptions, RequestRecord } from "../../lib/core/mod.ts";
import { type LevelSpec, planLoad, runLoad } from "../../lib/load/mod.ts";
import { projectRoot } from "../../lib/pipeline/project.ts";
import { readJournal, writeJsonLines } from "../../lib/storage/mod.ts";
import { endpoint, payload, spec } from "../load/made_up.ts";
import { fmbench, onlyRun } from "./command.ts";

const encoder = new TextEncoder();
const usage = { prompt_tokens: 7, completion_tokens: 2 };

/** Server-sent events, a few milliseconds apart, so that no two share a read. */
function events(...data: readonly unknown[]): Response {
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      for (const one of data) {
        controller.enqueue(
          encoder.encode(`data: ${typeof one === "string" ? one : JSON.stringify(one)}\n\n`),
        );
        await new Promise((done) => setTimeout(done, 5));
      }
      controller.close();
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

/** A small chat server: says "Be" and "cause" and counts what it says. A prompt in `faults` gets that answer instead. */
function serve(faults: Readonly<Record<string, () => Response>> = {}) {
  const bodies: Record<string, unknown>[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const body = await request.json();
    bodies.push(body);
    const fault = faults[body.messages[0].content];
    if (fault !== undefined) return fault();
    const stop = [{ delta: {}, message: { content: "Because" }, finish_reason: "stop" }];
    if (body.stream !== true) return Response.json({ choices: stop, usage });
    return events(
      ...["Be", "cause"].map((content) => ({ choices: [{ delta: { content } }] })),
      { choices: stop.map(({ delta, finish_reason }) => ({ delta, finish_reason })) },
      { choices: [], usage },
      "[DONE]",
    );
  });
  return { url: `http://127.0.0.1:${server.addr.port}`, bodies, close: () => server.shutdown() };
}

type Server = ReturnType<typeof serve>;

/** Sends one prompt of each name at an endpoint; the records by prompt, and how the load ended. */
async function load(
  url: string,
  options: { predictor: string; protocol: ProtocolOptions; silence_ms?: number } & Partial<LevelSpec>,
  prompts: readonly string[] = ["Why?"],
): Promise<{ records: Map<string, RequestRecord>; failure: string | null }> {
  const { predictor, protocol, silence_ms = 30_000, ...changes } = options;
  const run_dir = await Deno.makeTempDir();
  try {
    const rows = prompts.map((prompt) => payload(prompt, { prompt }));
    await writeJsonLines(`${run_dir}/data/prompts/p.jsonl`, rows);
    const asked: Endpoint = endpoint({ predictor, url, options: protocol, simulated: false });
    const plan = planLoad({
      seed: 1,
      config_hash: "c",
      version: "0",
      levels: [
        spec({
          concurrency: 1,
          requests: prompts.length,
          parameters: { max_tokens: 9 },
          ...changes,
          endpoint: asked,
        }),
      ],
      payloads: () => rows.map(({ payload_id }) => payload_id),
    });
    let failure: string | null = null;
    await runLoad({ plan, run_dir, segment: "s1", env: Deno.env.toObject(), silence_ms }).catch((error) =>
      failure = error.message
    );
    const { records } = await readJournal(`${run_dir}/requests/s1-w0.jsonl`).catch(() => ({ records: [] }));
    return { records: new Map(records.map((record) => [record.payload_id ?? "", record])), failure };
  } finally {
    await Deno.remove(run_dir, { recursive: true });
  }
}

/** What the experiments of a shipped config say of their endpoint. */
async function shipped(file: string, server: Server, stream: boolean) {
  const { config } = await loadConfig(join(projectRoot, "configs", file), {
    parameters: { endpoint: file === "custom-rest.yml" ? server.url : `${server.url}/v1`, model: "m-1" },
    env: {},
  });
  return config.experiments.map(({ name, ep_name, predictor, protocol_options, inference_spec }) => ({
    name,
    url: ep_name,
    level: { predictor, protocol: protocol_options, parameters: inference_spec.parameters, stream },
  }));
}

for (const file of ["custom-rest.yml", "own-predictor.yml"]) {
  for (const stream of [true, false]) {
    Deno.test(`configs/${file}: every experiment gets its answer, ${stream ? "streamed" : "whole"}`, async () => {
      const server = serve();
      try {
        for (const { name, url, level } of await shipped(file, server, stream)) {
          const { records, failure } = await load(url, level);
          const record = records.get("Why?")!;
          assert.deepEqual([failure, record.error_message, record.status, record.clock], [
            null,
            null,
            "ok",
            file === "custom-rest.yml" ? record.clock : "user",
          ], name);
          assert.deepEqual(
            [
              record.completion,
              record.prompt_tokens,
              record.completion_tokens,
              record.token_source,
              record.stop_reason,
            ],
            ["Because", 7, 2, "server", "stop"],
            name,
          );
          assert.equal(record.chunks, stream ? 2 : 0, name);
          assert.equal(record.ttft_ms !== null, stream, name);
          assert.ok((record.e2e_ms ?? 0) >= (stream ? 5 : 0), name);
          const sent = server.bodies.at(-1)!;
          assert.deepEqual([sent["messages"], sent["max_tokens"], sent["model"], sent["stream"]], [
            [{ role: "user", content: "Why?" }],
            100,
            "m",
            stream ? true : undefined,
          ], name);
        }
      } finally {
        await server.close();
      }
    });
  }
}

for (const file of ["custom-rest.yml", "own-predictor.yml"]) {
  Deno.test(`configs/${file}: from the command line to the records`, async () => {
    const server = serve();
    const results = await Deno.makeTempDir();
    try {
      const endpoint = file === "custom-rest.yml" ? server.url : `${server.url}/v1`;
      const settings = ["load.requests=3", "load.warmup_requests=0", "certify=no"];
      const { code, stderr } = await fmbench([
        ...["run", "--config-file", join("configs", file), "-A", `endpoint=${endpoint}`, "-A", "model=m"],
        ...["--results-dir", results, "--steps", "0-3", ...settings.flatMap((setting) => ["--set", setting])],
      ]);
      assert.equal(code, 0, stderr);
      const { root } = await onlyRun(results, file.replace(".yml", ""));
      const records: RequestRecord[] = [];
      for await (const { name } of Deno.readDir(join(root, "requests"))) {
        if (name.endsWith(".jsonl")) {
          records.push(...(await readJournal(join(root, "requests", name))).records);
        }
      }
      assert.deepEqual(
        [...new Set(records.map(({ experiment_name }) => experiment_name))].sort(),
        {
          "custom-rest.yml": ["custom-rest"],
          "own-predictor.yml": ["own-client", "own-protocol"],
        }[file],
      );
      for (const { status, completion, completion_tokens, token_source, chunks, ttft_ms } of records) {
        assert.deepEqual([status, completion, completion_tokens, token_source, chunks], [
          "ok",
          "Because",
          2,
          "server",
          2,
        ]);
        assert.ok(ttft_ms !== null && ttft_ms > 0);
      }
    } finally {
      await Deno.remove(results, { recursive: true });
      await server.close();
    }
  });
}

for (const module of ["chat_protocol.ts", "chat_client.ts"]) {
  Deno.test(`${module}: faults in the middle are records, and the next request is answered`, async () => {
    const piece = { choices: [{ delta: { content: "Be" } }] };
    const server = serve({
      cut: () => events(piece),
      garbage: () => events(piece, "{broken"),
      throttled: () => Response.json({ error: { message: "slow down" } }, { status: 429 }),
      endless: () =>
        new Response(
          new ReadableStream({ start: (controller) => controller.enqueue(encoder.encode(": \n\n")) }),
          {
            headers: { "content-type": "text/event-stream" },
          },
        ),
    });
    try {
      const protocol = { module: join(projectRoot, "configs/predictors", module) };
      const prompts = ["cut", "garbage", "throttled", "endless", "Why?"];
      const { records, failure } = await load(
        `${server.url}/v1`,
        { predictor: module, protocol, timeout_ms: 1000, stall_ms: 1000 },
        prompts,
      );
      assert.equal(failure, null);
      assert.deepEqual(
        prompts.map((name) => [name, records.get(name)?.status, records.get(name)?.error_kind]),
        [
          ["cut", "error", "stream"],
          ["garbage", "error", "parse"],
          ["throttled", "error", "throttled"],
          ["endless", "error", "timeout"],
          ["Why?", "ok", null],
        ],
      );
      assert.match(records.get("throttled")?.error_message ?? "", /slow down/);
    } finally {
      await server.close();
    }
  });
}

/** Loads through a module with this text in a folder of its own. */
async function loadWith(
  text: string,
  changes: Partial<LevelSpec> & { silence_ms?: number } = {},
  prompts?: readonly string[],
) {
  const server = serve();
  const folder = await Deno.makeTempDir();
  const module = join(folder, "mine.ts");
  await Deno.writeTextFile(module, text);
  try {
    return {
      module,
      server,
      ...await load(`${server.url}/v1`, { predictor: "mine.ts", protocol: { module }, ...changes }, prompts),
    };
  } finally {
    await server.close();
    await Deno.remove(folder, { recursive: true });
  }
}

const client = (body: string) => `
export default class {
  endpointName = "mine";
  async predict({ prompt }: any, _parameters: any, { signal, token }: any) { ${body} }
}`;

Deno.test("a module may reach its endpoint, and nothing else: another host, a file, a program, the environment", async () => {
  const other = serve();
  try {
    const attempts: Record<string, string> = {
      host: `await fetch("${other.url}/v1")`,
      socket: `await Deno.connect({ hostname: "127.0.0.1", port: ${new URL(other.url).port} })`,
      read: `await Deno.readTextFile("${projectRoot}/deno.json")`,
      write: `await Deno.writeTextFile("mine.txt", "x")`,
      run: `await new Deno.Command("ls").output()`,
      ffi: `Deno.dlopen("libc.so.6", {})`,
      code: `await import("https://esm.sh/x")`,
    };
    const text = client(`
      ${Object.entries(attempts).map(([name, code]) => `if (prompt === "${name}") ${code};`).join("\n")}
      return { text: String(Deno.env.get("FMBENCH_TEST_SECRET")) };
    `);
    Deno.env.set("FMBENCH_TEST_SECRET", "not for modules");
    const { records, failure } = await loadWith(text, { stream: false }, [...Object.keys(attempts), "env"]);
    assert.equal(failure, null);
    for (const name of Object.keys(attempts)) {
      const { status, error_kind, error_message } = records.get(name)!;
      assert.equal(status, "error", name + " " + JSON.stringify(records.get(name)));
      assert.match(
        `${error_kind} ${error_message}`,
        /^(network|http|parse) .*(Requires .* access|not found|cach)/i,
        `${name}: ${error_kind} ${error_message}`,
      );
    }
    const seen = records.get("env")!;
    assert.ok(seen.status === "error" || seen.completion === "undefined", String(seen.completion));
    assert.equal(other.bodies.length, 0);
  } finally {
    Deno.env.delete("FMBENCH_TEST_SECRET");
    await other.close();
  }
});

Deno.test("a request that a module directs at another host is not sent, and is a record", async () => {
  const other = serve();
  try {
    const { records, failure } = await loadWith(
      `export default class {
        endpointName = "mine";
        request() { return { method: "POST", url: "${other.url}/v1", body: "{}" }; }
        answer() { return { text: "" }; }
      }`,
      { stream: false },
    );
    const { status, error_kind, error_message } = records.get("Why?")!;
    assert.deepEqual([failure, status, error_kind, other.bodies.length], [null, "error", "network", 0]);
    assert.match(error_message ?? "", /^Requires net access to "127\.0\.0\.1:\d+"/);
  } finally {
    await other.close();
  }
});

Deno.test("what a module writes to its output does not disturb the load", async () => {
  const { records, failure } = await loadWith(
    client(`console.log("here"); console.info({ finished: true }); return { text: "said" };`),
    { stream: false },
  );
  assert.deepEqual([failure, records.get("Why?")?.completion], [null, "said"]);
});

Deno.test("a module with a syntax error is named before anything is sent", async () => {
  const { failure, module, records, server } = await loadWith("export default class {\n  predict( {\n}");
  assert.ok(
    failure?.includes(`Cannot use the predictor "${module}": it can't be imported: Expected`),
    String(failure),
  );
  assert.match(failure ?? "", /line 3, column \d+/);
  assert.doesNotMatch(failure ?? "", /\n/);
  assert.deepEqual([records.size, server.bodies.length], [0, 0]);
});

for (const code of ["Deno.exit(0)", "Deno.exit(7)", '(await import("node:process")).exit(0)']) {
  Deno.test(`a module that calls ${code} ends the load with a message that names it`, async () => {
    const { failure, module } = await loadWith(client(`${code}; return { text: "" };`), { stream: false });
    assert.ok(failure?.includes(module), String(failure));
  });
}

for (
  const [where, text] of [["in a call", client("for (;;);")], ["while it is imported", "for (;;);"]] as const
) {
  Deno.test(`a module that never gives way ${where} is ended from outside, with a message that names it`, async () => {
    const { failure, module } = await loadWith(text, { stream: false, timeout_ms: 500, silence_ms: 3000 });
    assert.ok(failure?.includes(`it gave no sign for 3 s: ${module} never gives way`), String(failure));
  });
}
