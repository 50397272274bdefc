/** Words that several charts share. */

/** A payload file as a heading: without its ending. */
export function shortFile(file: string): string {
  return file.replace(/\.jsonl$/, "");
}
