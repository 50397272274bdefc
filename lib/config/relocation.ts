/** What may be written in two ways: brought to the one in which it is read. */

import { type Located, markOf, pathKey } from "./document.ts";
import { type Path, showPath } from "./fault.ts";

type Section = Record<string, unknown>;

function sectionAt(value: unknown, key: string): Section | null {
  const found = value !== null && typeof value === "object" ? (value as Section)[key] : null;
  return found !== null && typeof found === "object" && !Array.isArray(found) ? found as Section : null;
}

/**
 * `metrics` stands at the top of a config in all of FMBench's files, and below `datasets` in its documentation. What stands
 * below `datasets` is brought to the top, in place; a key that stands at both with different values is a fault.
 */
export function settleMetrics(located: Located): void {
  const datasets = sectionAt(located.value, "datasets");
  const below = sectionAt(datasets, "metrics");
  if (datasets === null || below === null) {
    if (datasets !== null && datasets["metrics"] === null) delete datasets["metrics"];
    return;
  }
  const root = located.value as Section;
  const top = root["metrics"] ?? {};
  if (typeof top !== "object" || Array.isArray(top)) return;
  delete datasets["metrics"];
  root["metrics"] = top;
  for (const [key, value] of Object.entries(below)) {
    const [from, to] = [["datasets", "metrics", key], ["metrics", key]];
    const standing = (top as Section)[key] ?? null;
    if (standing === null) {
      (top as Section)[key] = value;
      moveMarks(located, from, to);
    } else if (JSON.stringify(standing) !== JSON.stringify(value)) {
      const { line } = markOf(located, to, "key");
      located.faults.push({
        ...markOf(located, from, "key"),
        text: `"${showPath(from)}" says another thing than "${
          showPath(to)
        }" on line ${line}; expected it once`,
      });
    }
  }
}

/**
 * `prompt_template_keys` without a value means, as in FMBench, that the template is sent as it is: the same as `[]`. Only where
 * the key is absent are the template's slots the columns. In an experiment the same holds for its own key.
 */
export function settleTemplateKeys({ value }: Located): void {
  const datasets = sectionAt(value, "datasets");
  const experiments = value !== null && typeof value === "object" ? (value as Section)["experiments"] : [];
  for (const section of [datasets, ...Array.isArray(experiments) ? experiments : []]) {
    if (section !== null && typeof section === "object" && section["prompt_template_keys"] === null) {
      section["prompt_template_keys"] = [];
    }
  }
}

function moveMarks(located: Located, from: Path, to: Path): void {
  const prefix = pathKey(from).slice(0, -1);
  for (const marks of [located.valueMarks, located.keyMarks, located.sources] as Map<string, unknown>[]) {
    for (const [key, mark] of [...marks]) {
      if (key !== `${prefix}]` && !key.startsWith(`${prefix},`)) continue;
      marks.set(pathKey([...to, ...(JSON.parse(key) as Path).slice(from.length)]), mark);
    }
  }
}
