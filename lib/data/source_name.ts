/** What a name in `s3_read_data.source_data_files` says of where its rows are. */

const longBench = [
  "2wikimqa",
  "dureader",
  "gov_report",
  "hotpotqa",
  "lcc",
  "lsht",
  "multi_news",
  "multifieldqa_en",
  "multifieldqa_zh",
  "musique",
  "narrativeqa",
  "passage_count",
  "passage_retrieval_en",
  "passage_retrieval_zh",
  "qasper",
  "qmsum",
  "repobench-p",
  "samsum",
  "trec",
  "triviaqa",
  "vcsum",
];

/** The subsets that LongBench also has with its lengths evened out, as `<subset>_e`. */
const longBenchEven = [
  "2wikimqa",
  "gov_report",
  "hotpotqa",
  "lcc",
  "multi_news",
  "multifieldqa_en",
  "passage_count",
  "passage_retrieval_en",
  "qasper",
  "repobench-p",
  "samsum",
  "trec",
  "triviaqa",
];

const longBenchNames = new Set([...longBench, ...longBenchEven.map((subset) => `${subset}_e`)]);

/** Whether a name means a data set of the Hugging Face Hub: `hf:org/name[/subset[/split]]`. */
export function isRemoteSource(name: string): boolean {
  return name.trim().startsWith("hf:");
}

/**
 * The Hub's name for one of LongBench's files: `2wikimqa_e.jsonl` is `hf:THUDM/LongBench/2wikimqa_e/test`, in whatever
 * folder it was looked for; null when it is no file of LongBench.
 */
export function longBenchSource(name: string): string | null {
  const subset = /(?:^|[\\/])([^\\/]+)\.jsonl$/.exec(name.trim())?.[1];
  return subset !== undefined && longBenchNames.has(subset) ? `hf:THUDM/LongBench/${subset}/test` : null;
}
