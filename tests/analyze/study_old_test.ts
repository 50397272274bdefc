import assert from "node:assert/strict";
import { join } from "node:path";
import {
  type OldStudy,
  readOldStudy,
  requestsFrame,
  scanRequests,
  studyFigures,
  writeOldStudyJournal,
} from "../../lib/analyze/mod.ts";
import { UserError } from "../../lib/core/mod.ts";
import { readJournal } from "../../lib/storage/mod.ts";

const header =
  "time_to_first_byte,time_to_last_byte,job_timestamp_iso,configured_output_tokens_for_request,model_input_tokens,model_output_tokens,model,region,invocation_id,api_call_status,full_error_message,TEMPERATURE,TOP_P,TOP_K,EXPERIMENT_NAME,task_type,inference_profile,timestamp,run_count";
const settings = "1,1,250,first try,Text-Generation";

/** A row as the notebook writes it: TTFT and total in seconds. */
function row(ttft: string, total: string, at: string, more: Record<string, string> = {}): string {
  const of = {
    tokens: "50",
    region: "us-east-2",
    status: "Success",
    message: "Success",
    profile: "optimized",
    invocation: "0",
    ...more,
  };
  return `${ttft},${total},${at},50,12,${of.tokens},m:0,${of.region},${of.invocation},${of.status},${of.message},${settings},${of.profile},2024-12-01 10:09:09.123456,1`;
}

async function oldStudy(files: Record<string, string>): Promise<OldStudy> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(join(folder, name), text);
    return await readOldStudy(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const one = (...rows: string[]) =>
  oldStudy({ "invocations_20241201_101000.csv": [header, ...rows, ""].join("\n") });
const says = ({ notices }: OldStudy, word: RegExp) => notices.filter((notice) => word.test(notice));

Deno.test("a row of the notebook is a record with its times, and speed without the time to the first byte", async () => {
  const { records: [record], experiments, names } = await one(row("2.0", "3.0", "2024-12-01T10:00:00Z"));
  const of = record!;
  assert.deepEqual([of.ttft_ms, of.e2e_ms, of.prompt_tokens, of.completion_tokens], [2000, 3000, 12, 50]);
  // (50 - 1) tokens in 1 s, where the notebook says 50 / 3 = 16.67.
  assert.equal(of.output_tokens_per_s, 49);
  assert.deepEqual([of.sent_at, of.max_tokens, of.token_source], ["2024-12-01T10:00:00.000Z", 50, "server"]);
  assert.deepEqual([of.status, of.error_kind, of.round, of.asked_latency_mode], ["ok", null, 1, "optimized"]);
  const unknown = [
    "scenario_id",
    "block",
    "payload_id",
    "clock",
    "stop_reason",
    "served_latency_mode",
  ] as const;
  for (const name of [...unknown, "connection_reused", "server_latency_ms"] as const) {
    assert.equal(of[name], null, name);
  }
  assert.deepEqual(experiments, [{
    experiment_name: "m:0 us-east-2 optimized",
    model_id: "m:0",
    region: "us-east-2",
    profile: "optimized",
    service_tier: null,
  }]);
  assert.deepEqual(names, ["first try"]);
});

Deno.test("failed calls, None and nan, empty regions, quotes and line breaks are understood", async () => {
  const { records, experiments } = await one(
    row("", "", "2024-12-01T10:00:00Z", {
      tokens: "None",
      status: "ThrottlingException",
      message: '"Too many requests, ""please"" wait\nand see"',
    }),
    row("nan", "nan", "2024-12-01T10:00:01Z", {
      tokens: "nan",
      status: "AccessDeniedException",
      message: "no",
    }),
    row("0.5", "0.5", "2024-12-01T10:00:02Z", { region: "" }),
    row("0.5", "0.9", "2024-12-01T10:00:03Z", { tokens: "1.0", profile: "" }),
  );
  assert.deepEqual(records.map(({ status, error_kind }) => [status, error_kind]), [
    ["error", "throttled"],
    ["error", "http"],
    ["ok", null],
    ["ok", null],
  ]);
  assert.equal(records[0]!.error_message, 'Too many requests, "please" wait\nand see');
  assert.deepEqual([records[1]!.ttft_ms, records[1]!.completion_tokens], [null, null]);
  // All at one moment, and one token: neither has a speed.
  assert.deepEqual(records.map(({ output_tokens_per_s }) => output_tokens_per_s), [null, null, null, null]);
  assert.deepEqual(
    experiments.map(({ experiment_name, region, profile }) => [experiment_name, region, profile]),
    [
      ["m:0 us-east-2 optimized", "us-east-2", "optimized"],
      ["m:0 optimized", null, "optimized"],
      ["m:0 us-east-2", "us-east-2", null],
    ],
  );
});

Deno.test("other columns, another order, a byte order mark, and short rows", async () => {
  const study = await oldStudy({
    "invocations_1.csv":
      "\ufeffmodel,extra, api_call_status ,time_to_last_byte,time_to_first_byte\r\nm,x,Success,2.5,0.5\r\n\r\nm,x,Success\r\n",
  });
  assert.deepEqual(study.records.map(({ ttft_ms, e2e_ms, sent_at }) => [ttft_ms, e2e_ms, sent_at]), [
    [500, 2500, null],
    [null, null, null],
  ]);
  assert.equal(says(study, /^Rows without a time: 2/).length, 1);
});

Deno.test("files of several rounds make one study in the order of sending; names are told apart", async () => {
  const study = await oldStudy({
    "invocations_2.csv": `${header}\n${
      row("0.1", "1", "2024-12-01T09:00:00Z").replace("first try", "second")
    }\n`,
    "invocations_1.csv": [
      header,
      row("0.3", "1", "2024-12-01T10:00:00Z"),
      row("0.2", "1", "2024-12-01T09:30:00Z"),
      "",
    ].join("\n"),
    "analysis_summary_1.csv": "model\nm\n",
  });
  assert.deepEqual(study.records.map(({ ttft_ms }) => ttft_ms), [100, 200, 300]);
  assert.deepEqual(study.records.map(({ sent_ms }) => sent_ms), [0, 1_800_000, 3_600_000]);
  assert.deepEqual(study.records.map(({ experiment_name }) => experiment_name), [
    "m:0 us-east-2 optimized (second)",
    "m:0 us-east-2 optimized (first try)",
    "m:0 us-east-2 optimized (first try)",
  ]);
  assert.equal(new Set(study.records.map(({ request_id }) => request_id)).size, 3);
  assert.match(says(study, /several names/)[0]!, /second, first try/);
});

Deno.test("a round that left no call is told", async () => {
  const study = await oldStudy({
    "invocations_1.csv": "timestamp,run_count\n",
    "invocations_2.csv": "\n",
    "invocations_3.csv": `${header}\n${row("0.3", "1", "2024-12-01T10:00:00Z")}\n`,
  });
  assert.equal(study.records.length, 1);
  assert.equal(says(study, /^Files without a call: 2 \(invocations_1\.csv, invocations_2\.csv\)/).length, 1);
});

Deno.test("what such files can't tell is told, with the figures that hint at it", async () => {
  const study = await one(
    row("63.1", "65", "2024-12-01T10:00:00Z"),
    row("0.5", "1.5", "2024-12-01T10:02:00Z", { tokens: "49", invocation: "1" }),
  );
  for (
    const word of [
      /^Failures are missing/,
      /^Retries are hidden.* Successes with a TTFT of 60 s and more: 1/,
      /^Cold connections are not marked.*\(successes with invocation_id 0: 1\)/,
      /wall clock.*10 ms/,
      /reasoning/,
      /not the notebook's OTPS/,
      /^Why an answer ended is not known: 1 of 2 have as many tokens as the cap/,
      /sampling settings/,
    ]
  ) assert.equal(says(study, word).length, 1, String(word));
});

Deno.test("the figures of an old study have neither pairs nor served profiles, and say so", async () => {
  const study = await one(
    ...Array.from(
      { length: 12 },
      (_, i) =>
        row(`0.${10 + i}`, "2", `2024-12-01T10:00:${10 + i}Z`, { profile: i % 2 ? "optimized" : "standard" }),
    ),
  );
  const figures = studyFigures(requestsFrame(study.records), {
    experiments: study.experiments,
    gaps: [],
    precision: null,
    notices: study.notices,
  });
  const [standard] = figures.variants;
  // 100, 120 ... 200 ms
  assert.deepEqual([standard!.calls, standard!.ttft_ms.p50.value, standard!.served_unknown], [6, 150, 6]);
  assert.deepEqual(figures.pairs, []);
  assert.deepEqual(figures.notices.slice(0, study.notices.length), study.notices);
  for (
    const word of [
      /Which call had which prompt is not known/,
      /belong together is not known/,
      /standard: under which profile 6 of 6/,
    ]
  ) {
    assert.equal(figures.notices.filter((notice) => word.test(notice)).length, 1, String(word));
  }
});

Deno.test("its journal is one that a run is read from", async () => {
  const study = await one(
    row("0.5", "1.5", "2024-12-01T10:00:00Z"),
    row("0.7", "1.5", "2024-12-01T10:00:05Z"),
  );
  const run_dir = await Deno.makeTempDir();
  try {
    const { header, records } = await readJournal(await writeOldStudyJournal(run_dir, study));
    assert.equal(header!.origin_at, "2024-12-01T10:00:00.000Z");
    assert.deepEqual(records, study.records);
    const table = (await scanRequests(run_dir)).collectSync();
    assert.deepEqual([...table.getColumn("ttft_ms").toArray()], [500, 700]);
  } finally {
    await Deno.remove(run_dir, { recursive: true });
  }
});

Deno.test("no folder, no such file in it, another table, and a broken one are refused by name", async () => {
  const refused = async (study: Promise<OldStudy>, word: RegExp) => {
    await assert.rejects(study, (error) => error instanceof UserError && word.test(error.message));
  };
  await refused(readOldStudy("/no/such/folder"), /there is no such file or folder/);
  await refused(oldStudy({ "other.csv": "a\n1\n" }), /holds no invocations_\*\.csv/);
  await refused(
    oldStudy({ "invocations_1.csv": "model,a\nm,1\n" }),
    /invocations_1\.csv.*no column time_to_first_byte/s,
  );
  await refused(oldStudy({ "invocations_1.csv": 'model,a\nm,"1\n' }), /invocations_1\.csv/);
});
