import assert from "node:assert/strict";
import { serverSource } from "../../lib/observe/servers.ts";

const never = new AbortController().signal;
const counters = (name: string) =>
  Deno.readTextFileSync(new URL(`../testdata/counters/${name}.txt`, import.meta.url));

/** Asks a server that answers so, under a path of its own. */
async function ask(
  answer: () => Response | Promise<Response>,
  { path = "/metrics", copy = null as number | null, signal = never } = {},
) {
  const asked: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    asked.push(`${request.method} ${new URL(request.url).pathname}`);
    return answer();
  });
  const url = `http://127.0.0.1:${server.addr.port}${path}`;
  try {
    return { asked, readings: await serverSource({ experiment_name: "e", url, copy }).read!(signal) };
  } finally {
    await server.shutdown();
  }
}

for (const name of ["vllm", "sglang", "tgi", "llama_cpp", "triton", "triton_trtllm"]) {
  Deno.test(`a server that tells its counters as ${name} does is read by one GET`, async () => {
    const { asked, readings } = await ask(() => new Response(counters(name)), { copy: 1 });
    assert.deepEqual(asked, ["GET /metrics"]);
    assert.ok(readings.some(({ metric, value }) => metric === "waiting" && value > 0));
    assert.ok(readings.every(({ copy }) => copy === 1));
  });
}

Deno.test("why a server tells nothing: its status, or that nothing of it is known", async () => {
  await assert.rejects(ask(() => new Response("no", { status: 404 })), /^Error: it answered 404$/);
  await assert.rejects(
    ask(() => new Response("<html>a page</html>")),
    /^Error: it tells nothing under a name that is known here$/,
  );
});

Deno.test("a server that does not answer is given up with the run", async () => {
  const stop = new AbortController();
  const answer = Promise.withResolvers<Response>();
  const asking = ask(() => {
    stop.abort();
    return answer.promise;
  }, { signal: stop.signal });
  stop.signal.addEventListener("abort", () => answer.resolve(new Response("")));
  await assert.rejects(asking, { name: "AbortError" });
});

Deno.test("a notice names the address without what may be secret in it", () => {
  const url = "https://user:word@example.invalid:8443/metrics?token=abc";
  const { what } = serverSource({ experiment_name: "e", url, copy: null });
  assert.equal(what, "the counters of e at https://example.invalid:8443/metrics");
});
