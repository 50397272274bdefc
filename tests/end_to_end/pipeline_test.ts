/** The whole pipeline on the embedded endpoint, through the command line. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { readCertificate, trustedAt } from "../../lib/certify/mod.ts";
import type { RequestRecord } from "../../lib/core/mod.ts";
import { readEndpoints } from "../../lib/deploy/mod.ts";
import { projectRoot } from "../../lib/pipeline/project.ts";
import { readManifest } from "../../lib/run/mod.ts";
import type { Truth } from "../../lib/simulate/mod.ts";
import { readJournal, readJsonLines } from "../../lib/storage/mod.ts";
import { commandLine, fmbench, onlyRun } from "./command.ts";

const config = join(projectRoot, "tests", "testdata", "configs", "tiny.yml");

async function folders(path: string): Promise<string[]> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(path)) if (entry.isDirectory) names.push(entry.name);
  return names.sort();
}

async function recordsOf(root: string): Promise<readonly RequestRecord[]> {
  return (await readJournal(join(root, "requests", "s1-w0.jsonl"))).records;
}

async function refused(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return await Deno.connect({ hostname, port: Number(port) }).then((connection) => {
    connection.close();
    return false;
  }, () => true);
}

Deno.test("a run goes from YAML to report; then budgets change without a request being sent", async (t) => {
  const results = await Deno.makeTempDir({ prefix: "fmbench-test-" });
  let root = "";
  try {
    await t.step("typed as FMBench's users type it, without a sub-command", async () => {
      const ended = await fmbench([
        ...[
          "--config-file",
          config,
          "--local-mode",
          "yes",
          "--write-bucket",
          "placeholder",
          "--tmp-dir",
          "/tmp",
        ],
        ...["--results-dir", results, "--json", "--set", "certify=yes"],
      ]);
      assert.equal(ended.code, 0, ended.stderr);
      const facts = JSON.parse(ended.stdout);
      assert.equal(facts.status, "finished");
      root = facts.run_dir;
      const { manifest } = await onlyRun(results, "tiny");
      assert.deepEqual(manifest.steps.map(({ status }) => status), Array(7).fill("finished"));
    });

    await t.step(
      "every request of the journal is in the endpoint's log, with the same tokens, and no other",
      async () => {
        const records = await recordsOf(root);
        const truths = await readJsonLines<Truth>(join(root, "simulate", "sim-large.jsonl"));
        // Two loads of 2 + 20 requests.
        assert.equal(records.length, 44);
        assert.deepEqual(
          records.map((record) => [record.server_request_id, record.prompt_tokens, record.completion_tokens])
            .sort(),
          truths.map((truth) => [truth.request_id, truth.prompt_tokens, truth.completion_tokens]).sort(),
        );
        const byId = new Map(truths.map((truth) => [truth.request_id, truth]));
        for (const { server_request_id, ttft_ms, e2e_ms } of records) {
          const truth = byId.get(server_request_id!)!;
          assert.ok(ttft_ms! >= truth.ttft_ms! - 0.01, "a token can't arrive before it is sent");
          assert.ok(e2e_ms! >= ttft_ms!);
        }
      },
    );

    await t.step(
      "the client is certified, every record says whether it is trusted, and so does the report",
      async () => {
        const certificate = (await readCertificate(join(root, "certify.json")))!;
        assert.equal(certificate.fault, null);
        assert.deepEqual(certificate.rungs.map(({ streams }) => streams), [4, 16, 64]);
        assert.ok(certificate.took_s <= 6, `${certificate.took_s} s`);
        for (const { concurrency, trusted } of await recordsOf(root)) {
          assert.equal(trusted, trustedAt(certificate, "streams", concurrency!));
        }
        const markdown = await Deno.readTextFile(join(root, "report.md"));
        assert.match(markdown, /\*\*The client's own error\*\* on this machine: /);
        assert.match(markdown, /\*\*During the run\*\* a load process used \d/);
      },
    );

    await t.step(
      "the report holds tables, charts and the answer, and says that the endpoint is simulated",
      async () => {
        const markdown = await Deno.readTextFile(join(root, "report.md"));
        assert.match(markdown, /Simulated endpoint/);
        assert.match(markdown, /take \*\*sim-large\*\*/);
        assert.match(markdown, /\| sim-large +\| +4 \| 20 \|/);
        const charts = [...markdown.matchAll(/!\[[^\]]+\]\((charts\/[\w.]+\.svg)\)/g)].map(([, file]) =>
          file!
        );
        assert.ok(charts.length >= 4, charts.join());
        for (const chart of charts) {
          assert.match(await Deno.readTextFile(join(root, chart)), /^<svg [^>]*xmlns=/);
        }
        const html = await Deno.readTextFile(join(root, "report.html"));
        assert.ok(!/(src|href)="(https?:)?\/\//.test(html), "report.html loads something from elsewhere");
        assert.doesNotMatch(markdown + html, /openStep|loadAnalysis/);
      },
    );

    await t.step("the embedded endpoint is gone", async () => {
      for (const { url } of await readEndpoints(root)) {
        assert.ok(await refused(url), url);
      }
    });

    await t.step("steps 0 to 3 off and another budget: another verdict, no request", async () => {
      const ended = await fmbench([
        ...["run", "--config-file", config, "--results-dir", results, "--steps", "4-5", "--json"],
        ...["--set", "report.latency_budget=0.001"],
      ]);
      assert.equal(ended.code, 0, ended.stderr);
      const second = JSON.parse(ended.stdout).run_dir;
      assert.match(await Deno.readTextFile(join(second, "report.md")), /no option keeps all budgets/);
      const { steps } = await readManifest(join(second, "manifest.json"));
      const inference = steps.find(({ name }) => name === "3_run_inference")!;
      assert.deepEqual([inference.status, inference.source], ["skipped", root]);
      assert.equal((await folders(second)).includes("shards"), false);
      assert.match(await Deno.readTextFile(join(second, "report.md")), new RegExp(root.split("/").at(-1)!));
    });

    await t.step(
      "plan, compare and export read the run with the rights that the README's command has",
      async () => {
        const exported = join(results, "exported");
        for (
          const command of [
            ["plan", root],
            ["compare", root, root],
            ["export", root, "--layout", "fmbench", "--output", exported],
          ]
        ) {
          const ended = await fmbench(command);
          assert.equal(ended.code, 0, `${command[0]}: ${ended.stderr}`);
        }
        assert.ok((await folders(exported)).includes("data"));
      },
    );

    await t.step(
      "other data, another load: the earlier run can't stand in, and nothing is created",
      async () => {
        const before = await folders(join(results, "tiny"));
        const ended = await fmbench([
          ...["run", "--config-file", config, "--results-dir", results, "--steps", "4-5"],
          ...["--set", "load.requests=30"],
        ]);
        assert.equal(ended.code, 1);
        assert.match(ended.stderr, /Cannot leave out step "3_run_inference": the load .* differ/);
        assert.deepEqual(await folders(join(results, "tiny")), before);
      },
    );
  } finally {
    await Deno.remove(results, { recursive: true });
  }
});

Deno.test("Ctrl-C ends everything, keeps what there is, and says `interrupted`", async () => {
  const results = await Deno.makeTempDir({ prefix: "fmbench-test-" });
  try {
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...[...commandLine, "run", "--config-file", config, "--results-dir", results],
        ...["--set", "load.requests=5000", "--verbose"],
      ],
      cwd: projectRoot,
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    let said = "";
    let interrupted = false;
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
      said += text;
      if (interrupted || !/\b[1-9]\d*\/10004/.test(said)) continue;
      interrupted = true;
      child.kill("SIGINT");
    }
    const { code } = await child.status;
    assert.equal(code, 130, said);
    const { root, manifest } = await onlyRun(results, "tiny");
    assert.equal(manifest.status, "interrupted");
    assert.equal(manifest.steps.find(({ name }) => name === "3_run_inference")?.status, "interrupted");
    assert.ok((await recordsOf(root)).some(({ status }) => status === "ok"));
    for (const { url } of await readEndpoints(root)) assert.ok(await refused(url), url);
    assert.equal(await Deno.stat(join(root, "lock.json")).then(() => true, () => false), false);
  } finally {
    await Deno.remove(results, { recursive: true });
  }
});
