/** Words of a command as a POSIX shell reads them back: whatever stands in a config, it stays one word and nothing runs. */

/** Characters that mean nothing to a shell wherever they stand; `=` is not among them, as it makes an assignment of a first word. */
const plain = /^[A-Za-z0-9_@%+:,./-]+$/;

/**
 * One word. A text of harmless characters stays as it is; everything else goes between single quotes, in which only the single
 * quote itself means anything.
 *
 * @throws {RangeError} for a text with a NUL, which no argument of a program can hold
 */
export function shellQuote(text: string): string {
  if (text.includes("\0")) throw new RangeError("an argument of a program can't hold a NUL");
  return plain.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A command of a shell script. */
export function shellCommand(words: readonly string[]): string {
  return words.map(shellQuote).join(" ");
}
