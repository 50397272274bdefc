/** The right answers of a row, as the column `ground_truth` holds them. */

/**
 * The column is a JSON list of texts, any of which is right; text that is no list is an answer itself. Blank ones are left
 * out; none is left where the row has no ground truth.
 */
export function readGroundTruth(column: string | null): string[] {
  if (column === null) return [];
  let value: unknown = column;
  try {
    value = JSON.parse(column);
  } catch {
    // A journal made elsewhere may hold the bare answer.
  }
  const answers = Array.isArray(value) ? value.map(String) : [column];
  return answers.filter((answer) => answer.trim() !== "");
}
