/** Numbers of lines in words. */

/** More ranges than that are counted only. */
const most = 8;

/**
 * `line 3`, `lines 1 to 3, 5 and 7`.
 *
 * @param lines ascending, not empty
 */
export function linesInWords(lines: readonly number[]): string {
  const ranges: [first: number, last: number][] = [];
  for (const line of lines) {
    const range = ranges.at(-1);
    if (range !== undefined && line <= range[1] + 1) range[1] = line;
    else ranges.push([line, line]);
  }
  const parts = ranges.slice(0, most).flatMap(([first, last]) => {
    if (first === last) return [`${first}`];
    return last === first + 1 ? [`${first}`, `${last}`] : [`${first} to ${last}`];
  });
  const rest = ranges.slice(most).reduce((sum, [first, last]) => sum + last - first + 1, 0);
  if (rest > 0) parts.push(`${rest} more`);
  const last = parts.pop()!;
  return `${lines.length === 1 ? "line" : "lines"} ${
    parts.length === 0 ? last : `${parts.join(", ")} and ${last}`
  }`;
}
