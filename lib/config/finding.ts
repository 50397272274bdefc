/** Collects what checks find, with its place in the user's file. */

import { type Located, markOf, pathKey } from "./document.ts";
import type { Fault, Notice, Path } from "./fault.ts";
import { showPath } from "./fault.ts";

/** Where checks put what they find. */
export interface Findings {
  readonly faults: Fault[];
  readonly notices: Notice[];
  /** A mistake in the value at a path, or in its key; of a path that is not in the file, at what is nearest to it. */
  fault(path: Path, text: string, part?: "key" | "value"): void;
  notice(path: Path, text: string): void;
  /** Whether the value at a path stands in a file or on the command line, and is no default. */
  isWritten(path: Path): boolean;
  /** The line on which the value at a path stands. */
  lineOf(path: Path): number;
}

export function findingsIn(located: Located): Findings {
  const faults: Fault[] = [];
  const notices: Notice[] = [];
  return {
    faults,
    notices,
    fault: (path, text, part) => faults.push({ ...markOf(located, path, part), text }),
    notice: (path, text) => {
      const { file, line } = markOf(located, path);
      notices.push({ file, line, key: showPath(path), text });
    },
    isWritten: (path) => located.valueMarks.has(pathKey(path)),
    lineOf: (path) => markOf(located, path).line,
  };
}
