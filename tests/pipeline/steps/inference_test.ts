import assert from "node:assert/strict";
import { join } from "node:path";
import type { Endpoint } from "../../../lib/core/mod.ts";
import { Interrupted, UserError } from "../../../lib/core/mod.ts";
import { writeEndpoints } from "../../../lib/deploy/mod.ts";
import { readPlan } from "../../../lib/load/mod.ts";
import { describeRequests, planRequests, sendRequests } from "../../../lib/pipeline/steps/inference.ts";
import { serve } from "../../../lib/simulate/mod.ts";
import { readJournal } from "../../../lib/storage/mod.ts";
import { endpoint, payload } from "../../load/made_up.ts";
import { inProject, mark, openStep, type Start, start } from "../made_up_project.ts";

/** An engine that answers at once: 2 ms to the first token, 1 ms a token. */
const fast = {
  base_ms: 2,
  prefill_tokens_per_s: 1e6,
  decode_ms: 1,
  decode_ms_per_sequence: 0,
  slots: 8,
  jitter: 0,
};

interface Scene {
  readonly step: ReturnType<typeof openStep>;
  readonly abort: AbortController;
}

/** An open step 3 in a run whose steps 1 and 2 are done: two prompts, endpoints for `experiments` at `url`. */
async function atEndpoint(
  url: string,
  work: (scene: Scene) => Promise<void>,
  { experiments = ["one", "two"], simulated = true, ...options }: Start & {
    experiments?: readonly string[];
    simulated?: boolean;
  } = {},
): Promise<void> {
  await inProject(async (folder) => {
    const started = await start(folder, options);
    const { run } = started;
    const prompts = ["p0", "p1"].map((id) => JSON.stringify(payload(id)) + "\n").join("");
    await Deno.writeTextFile(join(run.paths.prompts, "short.jsonl"), prompts);
    const endpoints = experiments.map((experiment_name): Endpoint =>
      endpoint({ experiment_name, url, simulated })
    );
    await writeEndpoints(run.paths.root, endpoints);
    await mark(run, { status: "finished" }, "1_generate_data", "2_deploy_model");
    const abort = new AbortController();
    await work({ step: openStep("3_run_inference", started, abort.signal), abort });
  });
}

/** The same with an embedded endpoint that answers. */
async function atLiveEndpoint(work: (scene: Scene) => Promise<void>, options: Start = {}): Promise<void> {
  const simulation = await serve({ profile: fast, model_id: "m" });
  try {
    await atEndpoint(simulation.url, work, options);
  } finally {
    await simulation.close();
  }
}

/** Cells of the lines of a Markdown table that hold a text. */
const cellsOf = (markdown: string, text: string) =>
  markdown.split("\n").filter((line) => line.includes(text)).map((line) => line.split(/ *\| */).slice(1, -1));

async function deadUrl(): Promise<string> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  await Promise.resolve();
  return `http://127.0.0.1:${port}/v1`;
}

Deno.test("the plan's table says what is going to be sent", async () => {
  await atLiveEndpoint(async ({ step }) => {
    const shown = await planRequests(step);
    // Each level: one request of warm-up and two that are measured. "one" has two levels, "two" has one.
    assert.deepEqual(cellsOf(shown, "short.jsonl"), [
      ["one", "short.jsonl", "1, 2", "6"],
      ["two", "short.jsonl", "1", "3"],
    ]);
    const plan = await readPlan(step.run.paths.plan);
    assert.equal(plan.requests.length, 9);
    assert.deepEqual(new Set(plan.requests.map(({ payload_id }) => payload_id)), new Set(["p0", "p1"]));
    assert.equal(plan.header.levels[0]!.timeout_ms, step.config.load.timeout_seconds * 1000);
    assert.deepEqual(plan.header.levels[0]!.parameters, { max_tokens: 8 });
    assert.deepEqual(step.told.log, ["info: planned 9 requests in 3 levels"]);
  });
});

Deno.test("endpoints that do not answer are all named before the first request", async () => {
  const url = await deadUrl();
  for (const simulated of [true, false]) {
    await atEndpoint(url, async ({ step }) => {
      await assert.rejects(planRequests(step), (error) => {
        assert.ok(error instanceof UserError);
        assert.equal(
          error.message,
          `Cannot send load to "one, two": nothing answers at ${url}, ${url}; expected endpoints that can be ` +
            "reached. Run 2_deploy_model.ipynb again, or start your own endpoint.",
        );
        return true;
      });
      await assert.rejects(Deno.stat(step.run.paths.plan), Deno.errors.NotFound);
      assert.equal(step.told.failures.length, 1);
    }, { simulated });
  }
});

Deno.test("an experiment without an endpoint is named", async () => {
  const simulation = await serve({ profile: fast });
  try {
    await atEndpoint(simulation.url, async ({ step }) => {
      await assert.rejects(
        planRequests(step),
        /Cannot plan the load of "two": models\/endpoints\.json has no endpoint/,
      );
    }, { experiments: ["one"] });
  } finally {
    await simulation.close();
  }
});

Deno.test("every planned request is accounted for, and the time of sending is told", async () => {
  await atLiveEndpoint(async ({ step }) => {
    await planRequests(step);
    await sendRequests(step);
    const shown = await describeRequests(step);
    assert.deepEqual(
      cellsOf(shown, "short.jsonl").map((cells) => cells.slice(0, -1)).sort(),
      [
        ["one", "short.jsonl", "1", "3", "3", "0", "0", "0"],
        ["one", "short.jsonl", "2", "3", "3", "0", "0", "0"],
        ["two", "short.jsonl", "1", "3", "3", "0", "0", "0"],
      ],
    );
    assert.ok(shown.endsWith("\n9 planned = 9 ok + 0 errors + 0 cancelled + 0 pending."), shown);
    assert.equal(step.told.loadSeconds.length, 1);
    assert.equal(step.told.log.at(-1), "info: 9 planned = 9 ok + 0 errors + 0 cancelled + 0 pending");
    assert.deepEqual([step.told.progress.at(-1)?.done, step.told.progress.at(-1)?.total], [9, 9]);
    assert.ok((await Deno.stat(step.run.paths.parquet)).isFile);
  });
});

Deno.test("each start of the load is a segment of its own, numbered on from the last, and sends what is missing", async () => {
  await atLiveEndpoint(async ({ step }) => {
    const { requests } = step.run.paths;
    await planRequests(step);
    await sendRequests(step);
    // As if the first start had been cut off: its header and 4 of its 9 records.
    const lines = (await Deno.readTextFile(join(requests, "s1-w0.jsonl"))).split("\n");
    await Deno.writeTextFile(join(requests, "s9-w0.jsonl"), lines.slice(0, 5).join("\n") + "\n");
    await Deno.remove(join(requests, "s1-w0.jsonl"));
    assert.match(
      await describeRequests(step),
      /\n9 planned = 4 ok \+ 0 errors \+ 0 cancelled \+ 5 pending\.\n/,
    );
    await planRequests(step);
    await sendRequests(step);
    const journals = [...Deno.readDirSync(requests)].map(({ name }) => name).sort();
    assert.deepEqual(journals, ["s10-w0.jsonl", "s9-w0.jsonl"]);
    const { header, records } = await readJournal(join(requests, "s10-w0.jsonl"));
    assert.deepEqual([header?.segment, records.length], ["s10", 5]);
    assert.ok(step.told.log.includes("notice: 4 of 9 requests ended in an earlier segment"));
    const shown = await describeRequests(step);
    assert.match(shown, /\n9 planned = 9 ok \+ 0 errors \+ 0 cancelled \+ 0 pending\.\n/);
    assert.match(shown, /\nThe load was started 10 times; each start sent what was missing\.$/);
  });
});

Deno.test("before anything was sent every request is pending", async () => {
  await atLiveEndpoint(async ({ step }) => {
    await planRequests(step);
    assert.match(
      await describeRequests(step),
      /\n9 planned = 0 ok \+ 0 errors \+ 0 cancelled \+ 9 pending\.$/,
    );
  });
});

Deno.test("a load that is stopped says what it has sent, and keeps it", async () => {
  await atLiveEndpoint(async ({ step, abort }) => {
    await planRequests(step);
    const told = step.progress;
    const stopping = {
      ...step,
      progress(event: Parameters<typeof told>[0]) {
        told(event);
        if (event.done > 0) abort.abort();
      },
    };
    let words = "";
    await assert.rejects(sendRequests(stopping), (error) => {
      assert.ok(error instanceof Interrupted);
      words = /^The load was stopped: (.+)\. Everything so far is kept\.$/.exec(error.message)?.[1] ?? "";
      return true;
    });
    const [planned, ok, errors, cancelled, pending] = (words.match(/\d+/g) ?? []).map(Number);
    assert.equal(planned, 3 * 3001);
    assert.equal(planned, ok! + errors! + cancelled! + pending!);
    assert.ok(ok! > 0 && pending! > 0, words);
    assert.ok((await describeRequests(step)).endsWith(`\n${words}.`));
    assert.equal(step.told.loadSeconds.length, 1);
    assert.equal(step.told.failures.length, 1);
  }, { sets: ["load.requests=3000"] });
});
