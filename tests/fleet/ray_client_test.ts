import assert from "node:assert/strict";
import type { FleetJob } from "../../lib/fleet/engine.ts";
import { rayEngine } from "../../lib/fleet/ray.ts";
import { rayHeaders } from "../../lib/fleet/ray/ray_headers.ts";
import { lastComplaint } from "../../lib/fleet/ray/ray_refused.ts";

type Answer = (request: Request, path: string) => Response | Promise<Response>;

/** Something that answers as a test says; `asked` has the requests in their order. */
async function dashboard(
  answer: Answer,
  use: (address: string, asked: string[]) => Promise<void>,
): Promise<void> {
  const asked: string[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const path = new URL(request.url).pathname;
    asked.push(`${request.method} ${path}`);
    const given = await answer(request, path);
    if (!request.bodyUsed) await request.body?.cancel();
    return given;
  });
  try {
    await use(`http://127.0.0.1:${server.addr.port}`, asked);
  } finally {
    await server.shutdown();
  }
}

const job: FleetJob = {
  name: "fmbench-r-s",
  run_id: "r",
  segment: "s",
  workers: 2,
  per_node: null,
  resources: {},
  command: ["deno", "run", "it's.ts"],
  env: { SECRET: "a-secret" },
  package_dir: null,
  image: null,
  namespace: null,
};

const engineAt = (address: string, env: Record<string, string> = {}) =>
  rayEngine({ address, env, pauses_ms: [0], timeout_ms: 5000 });

Deno.test("an address that is no dashboard's is refused, each time with what to write", () => {
  for (const address of ["ray://head:10001", "10.0.0.5:6379", "head", ""]) {
    assert.throws(
      () => engineAt(address),
      /it is no URL of http or https; expected .*such as http:\/\/10\.0\.0\.5:8265/,
    );
  }
  assert.throws(() => engineAt("https://ada:pass-word@head:8265"), (error: Error) => {
    assert.match(error.message, /it has a user or a password in it.*RAY_JOB_HEADERS/);
    assert.doesNotMatch(error.message, /pass-word/);
    return true;
  });
});

Deno.test("where nobody answers, it says where to look", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  await assert.rejects(
    engineAt(`http://127.0.0.1:${port}`).check(job),
    /Cannot reach the Ray cluster at "http:\/\/127\.0\.0\.1:\d+": .*Set load\.fleet\.address .*8265/,
  );
});

Deno.test("something else that answers is no Ray; another version of the API is named", async () => {
  await dashboard(() => new Response("no such page", { status: 404 }), async (address) => {
    await assert.rejects(engineAt(address).check(job), /what answers there is no dashboard of Ray/);
  });
  await dashboard(() => new Response("<html>welcome</html>"), async (address) => {
    await assert.rejects(engineAt(address).check(job), /something that is no JSON; expected the dashboard/);
  });
  const version = { version: "5", ray_version: "3.0.0", ray_commit: "", session_name: "" };
  await dashboard(() => Response.json(version), async (address) => {
    await assert.rejects(
      engineAt(address).check(job),
      /its Jobs API has the version "5" \(Ray 3\.0\.0\); expected version "4"/,
    );
  });
});

Deno.test("a proxy that wants a log-in is named, and no header is shown", async () => {
  await dashboard(
    () => new Response(null, { status: 302, headers: { location: "/login" } }),
    async (address) => {
      const engine = engineAt(address, { RAY_JOB_HEADERS: '{"Cookie": "session=0123456789"}' });
      await assert.rejects(engine.list(), (error: Error) => {
        assert.match(error.message, /it says 302: .*RAY_JOB_HEADERS/);
        assert.doesNotMatch(error.message, /0123456789/);
        return true;
      });
    },
  );
});

Deno.test("headers come from RAY_JOB_HEADERS, else the token; what is no JSON is not repeated", () => {
  assert.deepEqual(rayHeaders({}), {});
  assert.deepEqual(rayHeaders({ RAY_AUTH_TOKEN: "t" }), { authorization: "Bearer t" });
  const both = { RAY_AUTH_TOKEN: "t", RAY_JOB_HEADERS: '{"Authorization": "Basic x", "X-Team": "a"}' };
  assert.deepEqual(rayHeaders(both), { Authorization: "Basic x", "X-Team": "a" });
  for (const wrong of ["Bearer my-own-token", '["my-own-token"]', '{"my-own-token": 1}']) {
    assert.throws(() => rayHeaders({ RAY_JOB_HEADERS: wrong }), (error: Error) => {
      assert.match(
        error.message,
        /Cannot use the headers in "RAY_JOB_HEADERS": it is no object of texts in JSON/,
      );
      assert.doesNotMatch(error.message, /my-own-token/);
      return true;
    });
  }
});

Deno.test("of Python's tracebacks, the innermost error is said", () => {
  const text = [
    "Traceback (most recent call last):",
    '  File "job_head.py", line 1, in submit_job',
    "RuntimeError: Request failed with status code 400: Traceback (most recent call last):",
    '  File "job_manager.py", line 2, in submit_job',
    "ValueError: Job with submission_id a-0 already exists. Please use a different submission_id.",
    ".",
  ].join("\n");
  assert.equal(
    lastComplaint(text),
    "Job with submission_id a-0 already exists. Please use a different submission_id",
  );
  assert.equal(lastComplaint("No available agent,\n  try later.\n"), "No available agent, try later");
});

Deno.test("each copy is told its index, its command as one line, and what is set aside for it", async () => {
  const bodies: unknown[] = [];
  await dashboard(async (request, path) => {
    if (request.method === "POST" && path === "/api/jobs/") bodies.push(await request.json());
    return Response.json([]);
  }, async (address) => {
    const resources = { cpu: 2, memory_gb: 1.5, load_slot: 1 };
    await engineAt(address).submit({ ...job, workers: 1, per_node: 3, resources });
    await engineAt(address).submit({ ...job, workers: 1, resources: { cpu: 0 } });
  });
  assert.deepEqual(bodies, [{
    submission_id: "fmbench-r-s-0",
    entrypoint: "exec deno run 'it'\\''s.ts'",
    entrypoint_num_cpus: 2,
    entrypoint_memory: 1_500_000_000,
    // A third of the 1 that each node has: 3 x 0.3333 fit, 4 x do not.
    entrypoint_resources: { load_slot: 1, "node:__internal_implicit_resource_fmbench-r-s": 0.3333 },
    runtime_env: { env_vars: { SECRET: "a-secret", FMBENCH_WORKER: "0" } },
    metadata: { fmbench_run: "r", fmbench_segment: "s", fmbench_worker: "0" },
  }, {
    submission_id: "fmbench-r-s-0",
    entrypoint: "exec deno run 'it'\\''s.ts'",
    entrypoint_num_cpus: 0,
    // Without anything to set aside Ray would put it on the head node.
    entrypoint_resources: { "node:__internal_implicit_resource_fmbench-r-s": 0.01 },
    runtime_env: { env_vars: { SECRET: "a-secret", FMBENCH_WORKER: "0" } },
    metadata: { fmbench_run: "r", fmbench_segment: "s", fmbench_worker: "0" },
  }]);
});

Deno.test("a package is sent where it is not yet, and never again", async () => {
  const dir = await Deno.makeTempDir({ prefix: "package-" });
  await Deno.writeTextFile(`${dir}/worker.ts`, "console.log(1)");
  const kept = new Set<string>();
  await dashboard((request, path) => {
    if (!path.startsWith("/api/packages/")) return Response.json([]);
    if (request.method === "PUT") kept.add(path);
    return new Response(null, { status: kept.has(path) ? 200 : 404 });
  }, async (address, asked) => {
    for (const segment of ["a", "b"]) {
      await engineAt(address).submit({ ...job, name: `fmbench-r-${segment}`, segment, package_dir: dir });
    }
    const packages = asked.filter((one) => one.includes("/api/packages/gcs/_ray_pkg_"));
    assert.deepEqual(packages.map((one) => one.split(" ")[0]), ["GET", "PUT", "GET"]);
  });
  await Deno.remove(dir, { recursive: true });
});

Deno.test("a request whose answer is lost is sent again, and the job it made is this one", async () => {
  let posts = 0;
  const tags = { fmbench_run: "r", fmbench_segment: "s", fmbench_worker: "0" };
  await dashboard((request, path) => {
    if (path === "/api/jobs/fmbench-r-s-0") return Response.json({ metadata: tags });
    if (request.method !== "POST") return Response.json([]);
    posts++;
    if (posts === 1) {
      return new Response(new ReadableStream({ start: (stream) => stream.error(new Error("cut")) }));
    }
    return new Response("ValueError: Job with submission_id fmbench-r-s-0 already exists. Use another.", {
      status: 500,
    });
  }, async (address) => {
    await engineAt(address).submit({ ...job, workers: 1 });
    assert.equal(posts, 2);
    await assert.rejects(
      engineAt(address).submit({ ...job, workers: 1, run_id: "other" }),
      /that is not this run's/,
    );
  });
});

Deno.test("what Ray can't keep is refused: too many on a node, and a value that it would change", async () => {
  await dashboard(() => Response.json([]), async (address, asked) => {
    const engine = engineAt(address);
    await assert.rejects(engine.submit({ ...job, per_node: 101 }), /per_node "101": .*expected 1 to 100/);
    await assert.rejects(engine.submit({ ...job, env: { KEY: "pa$word" } }), (error: Error) => {
      assert.match(
        error.message,
        /Cannot give workers on Ray the variable "KEY": its value has a dollar sign/,
      );
      assert.doesNotMatch(error.message, /pa\$word/);
      return true;
    });
    assert.deepEqual(asked, []);
  });
});
