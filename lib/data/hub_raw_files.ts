/** Which of a data set's own files hold a subset and a split, where the Hub has made no Parquet of it. */

import { isRowMember } from "./row_file.ts";

/** What a path says: `data/2wikimqa.jsonl` is `data`, `2wikimqa`. */
interface Parts {
  readonly path: string;
  readonly folders: readonly string[];
  /** The file's name without its endings and without a shard's number (`-00000-of-00002`, `_0`). */
  readonly stem: string;
}

function partsOf(path: string): Parts {
  const folders = path.split("/");
  const file = folders.pop()!;
  const stem = file.replace(/(\.\w{1,8}){1,2}$/, "").replace(/[-_]\d+([-_]of[-_]\d+)?$/, "");
  return { path, folders, stem };
}

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

/**
 * Picks the files of a subset and a split by their names: `<subset>/<split>.jsonl` before `<subset>-<split>.jsonl` before
 * `<subset>.jsonl`; without a subset `<split>.jsonl`, else the only file there is. Shards of one name belong together.
 *
 * @param paths files of the data set, or of a zip archive in it
 * @returns none when no name fits
 */
export function pickRawFiles(
  paths: readonly string[],
  subset: string | null,
  split: string | null,
): string[] {
  const files = paths.filter((path) => isRowMember(path) || /\.parquet$/i.test(path))
    .filter((path) =>
      !/(^|\/)(\.|dataset_infos?\.json$|config\.json$|license)/i.test(path) && !/\.md$/i.test(path)
    )
    .map(partsOf);
  const splits = split === null ? ["train", "validation", "test"] : [split];
  const rules: ((parts: Parts) => boolean)[] = [];
  for (const name of splits) {
    if (subset !== null) {
      rules.push(({ stem, folders }) => same(stem, name) && folders.some((folder) => same(folder, subset)));
      rules.push(({ stem, folders }) => same(stem, subset) && folders.some((folder) => same(folder, name)));
      rules.push(({ stem }) => same(stem, `${subset}-${name}`) || same(stem, `${subset}_${name}`));
    } else {
      rules.push(({ stem }) => same(stem, name));
      rules.push(({ stem }) =>
        stem.toLowerCase().endsWith(`-${name}`) || stem.toLowerCase().endsWith(`_${name}`)
      );
      rules.push(({ folders }) => folders.some((folder) => same(folder, name)));
    }
  }
  if (subset !== null) rules.push(({ stem }) => same(stem, subset));
  for (const rule of rules) {
    const found = files.filter(rule);
    if (found.length > 0) return found.map(({ path }) => path).sort();
  }
  return subset === null && files.length === 1 ? [files[0]!.path] : [];
}
