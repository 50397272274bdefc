/** The command line as a user meets it: its words, its exit codes. What a whole run does is in `end_to_end/`. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { projectRoot } from "../lib/pipeline/project.ts";
import { version } from "../lib/core/mod.ts";
import { commandLine, type Ended, fmbench, onlyRun } from "./end_to_end/command.ts";
import { inProject, mark, start, tinyConfig } from "./pipeline/made_up_project.ts";

const demo = join("configs", "demo.yml");

/** Asserts exit code 1, nothing on standard output, and these lines as all that is said. */
function refused(ended: Ended, ...lines: readonly (string | RegExp)[]): void {
  assert.equal(ended.code, 1, ended.stderr);
  assert.equal(ended.stdout, "");
  const said = ended.stderr.trimEnd().split("\n");
  for (const [i, line] of lines.entries()) {
    if (typeof line === "string") assert.equal(said[i], line);
    else assert.match(said[i] ?? "", line);
  }
  assert.equal(said.length, lines.length, ended.stderr);
}

const hint = "(`fmbench --help` lists the commands, `fmbench <command> --help` its flags)";

Deno.test("--help names every command in words that fit a terminal; --version says the version", async () => {
  const { code, stdout, stderr } = await fmbench(["--help"]);
  assert.deepEqual([code, stderr], [0, ""]);
  const commands = [...stdout.matchAll(/^ {2}(\w+) .*?(?=\S)/gm)].map(([, name]) => name);
  for (const name of ["run", "report", "validate", "configs", "simulate", "cleanup", "lab"]) {
    assert.ok(commands.includes(name), `${name} is not in ${stdout}`);
  }
  assert.ok(stdout.split("\n").every((line) => line.length <= 80), stdout);
  assert.equal((await fmbench(["--version"])).stdout.trim(), version);
});

Deno.test("the help of each command says what each flag is for, and names no place of this machine", async () => {
  for (const name of ["run", "report", "validate", "configs", "simulate", "cleanup", "lab"]) {
    const { code, stdout } = await fmbench([name, "--help"]);
    assert.equal(code, 0, name);
    assert.ok(!stdout.includes(projectRoot), stdout);
    for (const line of stdout.split("\n").filter((line) => /^ {2}-/.test(line))) {
      assert.match(line, / {2}\S+ \S+/, `${name}: ${line}`);
    }
  }
});

Deno.test("without arguments the help is shown, as a refusal", async () => {
  const { code, stdout, stderr } = await fmbench([]);
  assert.deepEqual([code, stdout], [1, ""]);
  assert.match(stderr, /^Usage: fmbench /);
});

Deno.test("an unknown command or flag is named, with the one that was probably meant", async () => {
  refused(await fmbench(["rnu"]), "error: unknown command 'rnu'", "(Did you mean run?)", hint);
  refused(
    await fmbench(["run", "--confg-file", demo]),
    "error: unknown option '--confg-file'",
    "(Did you mean --config-file?)",
    hint,
  );
});

Deno.test("what can't be deployed is refused by validate, and by run before it starts anything", async () => {
  await inProject(async (folder) => {
    const config = join(folder, "c.yml");
    const refusal =
      /^Cannot deploy to SageMaker "two": instance_type is sim-api; expected a type of SageMaker's/;
    const checked = await fmbench(["validate", config]);
    assert.equal(checked.code, 1);
    assert.match(checked.stdout, refusal);
    refused(
      await fmbench(["run", "--quiet", "--results-dir", join(folder, "results"), "--config-file", config]),
      refusal,
    );
    await assert.rejects(Deno.stat(join(folder, "results")), Deno.errors.NotFound);
  }, {
    "c.yml": tinyConfig.replace(
      "simulate: { profile: sim-api }",
      "inference_script: sagemaker\n    deployment_script: jumpstart.py\n    deploy: yes\n    ep_name: m",
    ),
  });
});

Deno.test("flags without a command are those of run", async () => {
  const habit = ["--local-mode", "yes", "--write-bucket", "placeholder", "--tmp-dir", "/tmp"];
  refused(
    await fmbench(["--config-file", "nowhere.yml", ...habit]),
    'Cannot read the config "nowhere.yml": there is no such file; expected a YAML file. Correct the path; ' +
      "`fmbench configs` lists those that ship.",
  );
  refused(
    await fmbench(["--quiet"]),
    /^Cannot run "fmbench": no config is named; expected --config-file FILE\./,
  );
});

Deno.test("what a flag can't be is one line", async () => {
  const run = (...flags: string[]) => fmbench(["run", "--config-file", demo, ...flags]);
  refused(await run("-A", "endpoint"), 'Cannot read "-A endpoint": there is no `=`; expected -A key=value.');
  refused(await run("-A", "=x"), 'Cannot read "-A =x": there is no `=`; expected -A key=value.');
  refused(await run("--steps", "5-9"), /^Cannot choose the steps "5-9": "5-9" is not a step; expected /);
  refused(
    await run("--set", "load.requsts=1"),
    /--set load\.requsts=1:1:1: unknown key "requsts" .*"requests"/,
  );
  refused(
    await run("--give-up-after", "soon"),
    /'soon' is invalid\. Expected a number of seconds above 0\./,
    hint,
  );
  refused(await run("--local-mode", "maybe"), /'maybe' is invalid\. Allowed choices are yes, no\./, hint);
  refused(
    await fmbench(["simulate", "--port", "99999"]),
    /Expected a whole number from 0 to 65535\./,
    hint,
  );
  refused(
    await fmbench(["simulate", "--faults", "often"]),
    /Expected a map such as '\{http_429: 0\.05\}'\./,
    hint,
  );
  refused(
    await fmbench(["simulate", "--faults", "{http_430: 1}"]),
    /"http_430": it is 1; expected one of http_429, /,
  );
});

Deno.test("validate: one line a file that is right, one line a fault, and 1 when there is one", async () => {
  await inProject(async (folder) => {
    const [good, bad, gone] = ["c.yml", "bad.yml", "gone.yml"].map((name) => join(folder, name));
    const right = await fmbench(["validate", good!]);
    assert.deepEqual([right.code, right.stdout], [0, `${good}: ok\n`]);
    const { code, stdout, stderr } = await fmbench(["validate", good!, bad!, gone!]);
    assert.equal(code, 1);
    const lines = stdout.trimEnd().split("\n");
    assert.equal(lines.length, 4, stdout);
    assert.equal(lines[0], `${good}: ok`);
    assert.match(lines[1]!, /bad\.yml:1:\d+: .*naem/);
    assert.match(lines[2]!, /bad\.yml:\d+:\d+: .*requsts/);
    assert.match(lines[3]!, /^Cannot read the config ".*gone\.yml": there is no such file/);
    assert.ok(!/\n\s+at .*:\d+:\d+/.test(stdout + stderr), stderr);
  }, {
    "bad.yml": tinyConfig.replace("requests: 2", "requsts: 2").replace("model_name: Tiny model", "naem: x"),
  });
});

Deno.test("validate fills in what -A gives, and tells of keys without effect beside the result", async () => {
  await inProject(async (folder) => {
    const file = join(folder, "c.yml");
    assert.equal((await fmbench(["validate", file])).code, 1);
    const { code, stdout, stderr } = await fmbench(["validate", file, "-A", "n=3", "-A", "m=4"]);
    assert.deepEqual([code, stdout], [0, `${file}: ok\n`]);
    assert.match(stderr, /-A m.*has no effect/);
  }, { "c.yml": tinyConfig.replace("requests: 2", "requests: {n}") });
});

Deno.test("configs lists what ships, and each of them is named as a file that can be given back", async () => {
  const { code, stdout } = await fmbench(["configs"]);
  assert.equal(code, 0);
  const paths = stdout.trimEnd().split("\n").map((line) => line.trimStart().split(" ")[0]!);
  assert.ok(paths.includes("configs/demo.yml") && paths.includes("configs/own-endpoint.yml"));
});

Deno.test("a run that is not there is named, for report, cleanup and --resume alike", async () => {
  for (const args of [["report", "nowhere"], ["cleanup", "nowhere"], ["run", "--resume", "nowhere"]]) {
    refused(
      await fmbench(args),
      /^Cannot open the run ".*\/nowhere\/manifest\.json": there is no such file; /,
    );
  }
});

Deno.test("report of a run that has no requests says so, and starts nothing", async () => {
  await inProject(async (folder) => {
    const { run } = await start(folder, { sets: ["load.requests=5"] });
    const results = join(folder, "again");
    refused(
      await fmbench(["report", run.paths.root, "--results-dir", results, "--quiet"]),
      /^Cannot leave out step "3_run_inference": the run .* has not finished it; /,
    );
    await assert.rejects(Deno.stat(results), Deno.errors.NotFound);
  });
});

Deno.test("report reads the run's own config with its -A and --set, and other budgets on top", async () => {
  const config = tinyConfig.replace("requests: 2", "requests: {n}");
  await inProject(async (folder) => {
    const { run } = await start(folder, { parameters: { n: "7" }, sets: ["load.warmup_requests=3"] });
    await mark(run, { status: "finished" }, "2_deploy_model", "3_run_inference");
    const results = join(folder, "again");
    // There are no journals: the analysis fails, but in a run that was accepted.
    const flags = ["--results-dir", results, "--set", "report.latency_budget=9", "--quiet"];
    assert.equal((await fmbench(["report", run.paths.root, ...flags])).code, 2);
    const { manifest } = await onlyRun(results, "tiny");
    assert.deepEqual(manifest.parameters, { n: "7" });
    assert.deepEqual(manifest.sets.slice(0, 2), ["load.warmup_requests=3", "report.latency_budget=9"]);
    assert.equal(manifest.steps.find(({ source }) => source !== null)?.source, run.paths.root);
  }, { "c.yml": config });
});

Deno.test("cleanup of a run that owns nothing says so", async () => {
  await inProject(async (folder) => {
    const { run } = await start(folder);
    const { code, stdout } = await fmbench(["cleanup", run.paths.root]);
    assert.deepEqual([code, stdout], [0, `Nothing that run ${run.id} created is left.\n`]);
  });
});

Deno.test("--steps runs these steps only; --json is one object on standard output, --quiet says nothing", async () => {
  const results = await Deno.makeTempDir({ prefix: "fmbench-test-" });
  try {
    const args = ["run", "--config-file", demo, "--steps", "6", "--results-dir", results, "--quiet"];
    const { code, stdout, stderr } = await fmbench([...args, "--json"]);
    assert.deepEqual([code, stderr], [0, ""]);
    const facts = JSON.parse(stdout) as { status: string; steps: { name: string; status: string }[] };
    assert.equal(facts.status, "finished");
    const done = facts.steps.filter(({ status }) => status !== "skipped");
    assert.deepEqual(done.map(({ name, status }) => [name, status]), [["6_cleanup", "finished"]]);
  } finally {
    await Deno.remove(results, { recursive: true });
  }
});

Deno.test("simulate serves until it is stopped, says where, and errs as it is told", async () => {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...commandLine, "simulate", "--port", "0", "--profile", "sim-api", "--faults", "{http_429: [1]}"],
    cwd: projectRoot,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const reader = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  while (!said.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) break;
    said += value;
  }
  const url = /^simulated endpoint \(sim-api\): (http:\/\/127\.0\.0\.1:\d+\/v1)\n/.exec(said)?.[1];
  assert.ok(url !== undefined, said);
  const answer = await fetch(new URL("/health", url));
  assert.equal((await answer.json() as { simulated: boolean }).simulated, true);
  const body = JSON.stringify({ model: "simulated-model", messages: [{ role: "user", content: "Where?" }] });
  const headers = { "content-type": "application/json" };
  const refusal = await fetch(`${url}/chat/completions`, { method: "POST", headers, body });
  await refusal.body?.cancel();
  assert.equal(refusal.status, 429, "the first request is struck, as ordered");
  child.kill("SIGINT");
  await reader.cancel();
  assert.equal((await child.status).code, 0);
});
