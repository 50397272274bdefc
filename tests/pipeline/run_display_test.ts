import assert from "node:assert/strict";
import type { ProgressEvent } from "../../lib/core/mod.ts";
import {
  PlainDisplay,
  quietDisplay,
  type RunDisplay,
  TerminalDisplay,
} from "../../lib/pipeline/run_display.ts";
import { runPaths } from "../../lib/run/mod.ts";

const run = { id: "r1", paths: runPaths("/results/r1") };

function event(change: Partial<ProgressEvent> = {}): ProgressEvent {
  return {
    at: "2026-01-01T00:00:00.000Z",
    step: "3_run_inference",
    label: "one · concurrency 4",
    done: 10,
    total: 40,
    errors: 0,
    rate_per_s: null,
    eta_s: null,
    ...change,
  };
}

/** Calls `work` while everything that goes to the console is caught. */
function caught(work: () => void): string[] {
  const lines: string[] = [];
  const names = ["log", "error", "warn", "info", "debug"] as const;
  const before = names.map((name) => console[name]);
  const [out, err] = [Deno.stdout.writeSync, Deno.stderr.writeSync];
  for (const name of names) console[name] = (...words: unknown[]) => void lines.push(words.join(" "));
  const keep = (bytes: Uint8Array) => (lines.push(new TextDecoder().decode(bytes)), bytes.length);
  Deno.stdout.writeSync = keep;
  Deno.stderr.writeSync = keep;
  try {
    work();
  } finally {
    names.forEach((name, i) => console[name] = before[i]!);
    Deno.stdout.writeSync = out;
    Deno.stderr.writeSync = err;
  }
  return lines;
}

/** A whole run of one step, as the runner tells it. */
function play(display: RunDisplay): void {
  display.note("Installing");
  display.started(run, ["3_run_inference"]);
  display.stepStarted("3_run_inference");
  for (let done = 0; done <= 40; done++) display.progress(event({ done }));
  display.stepEnded("3_run_inference", 2.5);
}

Deno.test("plain lines say what happens, and thin out the progress", () => {
  const lines: string[] = [];
  play(new PlainDisplay((line) => lines.push(line), 3_600_000));
  assert.deepEqual(lines, [
    "Installing",
    "run r1: 1 step, in /results/r1",
    "3_run_inference ...",
    "  0/40 · one · concurrency 4",
    "3_run_inference done in 2.5 s",
  ]);
});

Deno.test("each step shows its first progress at once, however short after the last line", () => {
  const lines: string[] = [];
  const display = new PlainDisplay((line) => lines.push(line), 3_600_000);
  for (const step of ["1_generate_data", "3_run_inference"]) {
    display.stepStarted(step);
    display.progress(event({ label: step }));
    display.progress(event({ label: step }));
  }
  assert.deepEqual(lines.filter((line) => line.startsWith("  ")), [
    "  10/40 · 1_generate_data",
    "  10/40 · 3_run_inference",
  ]);
});

Deno.test("without thinning every event is a line, with rate, errors and time left where they are known", () => {
  const lines: string[] = [];
  const display = new PlainDisplay((line) => lines.push(line), 0);
  display.progress(event());
  display.progress(event({ rate_per_s: 12.34, errors: 3, eta_s: 90 }));
  assert.deepEqual(lines, [
    "  10/40 · one · concurrency 4",
    "  10/40 · 12.3/s · 3 errors · 1 min 30 s left · one · concurrency 4",
  ]);
});

Deno.test("quiet prints nothing at all", () => {
  assert.deepEqual(caught(() => play(quietDisplay)), []);
});

Deno.test("in a terminal each finished step leaves a line with its time", () => {
  const lines = caught(() => play(new TerminalDisplay()));
  // deno-lint-ignore no-control-regex
  const plain = lines.map((line) => line.replaceAll(/\u001b\[[0-9;]*m/g, ""));
  assert.equal(plain[0], "Installing");
  assert.equal(plain[1], "run r1 · 1 step · /results/r1");
  assert.equal(plain.at(-1)?.trim(), "✔ 3_run_inference          2.5 s");
});
