/** Where everything of a run lies. The only place that spells out the names of the run directory. */

import { join } from "node:path";

/** The paths of one run directory. */
export interface RunPaths {
  readonly root: string;
  readonly manifest: string;
  readonly lock: string;
  readonly runner: string;
  readonly config: string;
  readonly prices: string;
  readonly notebooks: string;
  readonly prompts: string;
  readonly completionTokens: string;
  readonly models: string;
  readonly endpoints: string;
  readonly ledger: string;
  readonly plan: string;
  readonly certify: string;
  readonly requests: string;
  readonly parquet: string;
  readonly gaps: string;
  readonly progress: string;
  readonly log: string;
  readonly metrics: string;
  readonly evaluations: string;
  readonly verdicts: string;
  readonly verdictTable: string;
  readonly charts: string;
  readonly simulate: string;
  readonly report: string;
  readonly reportHtml: string;
  readonly studyPage: string;
}

/** Names the paths below a run directory; creates nothing. */
export function runPaths(root: string): RunPaths {
  const at = (...parts: string[]) => join(root, ...parts);
  return {
    root,
    manifest: at("manifest.json"),
    lock: at("lock.json"),
    runner: at("runner.json"),
    config: at("config.yml"),
    prices: at("prices.yml"),
    notebooks: at("notebooks"),
    prompts: at("data", "prompts"),
    completionTokens: at("data", "completion_tokens.jsonl"),
    models: at("models"),
    endpoints: at("models", "endpoints.json"),
    ledger: at("models", "ledger.jsonl"),
    plan: at("plan.jsonl"),
    certify: at("certify.json"),
    requests: at("requests"),
    parquet: at("requests.parquet"),
    gaps: at("gaps.jsonl"),
    progress: at("progress.jsonl"),
    log: at("run.log"),
    metrics: at("metrics"),
    evaluations: at("evaluations"),
    verdicts: at("evaluations", "verdicts.jsonl"),
    verdictTable: at("evaluations", "verdicts.parquet"),
    charts: at("charts"),
    simulate: at("simulate"),
    report: at("report.md"),
    reportHtml: at("report.html"),
    studyPage: at("study-summary.html"),
  };
}
