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

/** A set of the Hub that stands in for a file. */
export interface HubSource {
  /** `hf:org/name/subset/split`. */
  readonly source: string;
  /** Its columns, where they are known beforehand. */
  readonly columns: readonly string[] | null;
}

/** Sets whose rows FMBench's notebook for one's own data writes to `<set>.jsonl`; it renames `question` to `input`. */
const convertedSets: readonly (HubSource & { readonly org: string; readonly set: string })[] = [
  {
    org: "Open-Orca",
    set: "OpenOrca",
    source: "hf:Open-Orca/OpenOrca/default/train",
    columns: ["id", "system_prompt", "question", "response"],
  },
  {
    org: "databricks",
    set: "databricks-dolly-15k",
    source: "hf:databricks/databricks-dolly-15k/default/train",
    columns: ["instruction", "context", "response", "category"],
  },
  {
    org: "rajpurkar",
    set: "squad",
    source: "hf:rajpurkar/squad/plain_text/train",
    columns: ["id", "title", "context", "question", "answers"],
  },
  {
    org: "rajpurkar",
    set: "squad_v2",
    source: "hf:rajpurkar/squad_v2/squad_v2/train",
    columns: ["id", "title", "context", "question", "answers"],
  },
  {
    org: "PolyAI",
    set: "banking77",
    source: "hf:PolyAI/banking77/default/train",
    columns: ["text", "label"],
  },
];

/**
 * The set of the Hub that one of FMBench's data files was made from: LongBench's, and those that its notebook converts,
 * named `<set>.jsonl` or `<organisation>/<set>.jsonl`. null when the file is none of them.
 */
export function hubSource(name: string): HubSource | null {
  const longBench = longBenchSource(name);
  if (longBench !== null) return { source: longBench, columns: null };
  const [, org, set] = /^(?:([^\\/]+)[\\/])?([^\\/]+)\.jsonl$/.exec(name.trim()) ?? [];
  const found = convertedSets.find((one) => one.set === set && (org === undefined || one.org === org));
  return found === undefined ? null : { source: found.source, columns: found.columns };
}
