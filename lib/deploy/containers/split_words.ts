/** A line of arguments as a POSIX shell splits it, but with nothing that it would do beside that: no variables, globs or commands. */

/** Unquoted, each of these would make a shell do something other than pass it on. */
const meaningful = /[$`|&;<>()*?#~]/;

/** A line that can't be split, and why. */
export class UnsplittableError extends Error {}

/**
 * The words of a line, or of several: a line break is a blank. Single quotes keep everything; double quotes keep all but a backslash before `"`, `\`, `$` or a backtick;
 * a backslash elsewhere keeps the character behind it.
 *
 * @throws {UnsplittableError} for a quote that is not closed, and for what a shell would expand or run
 */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let at = 0;
  while (at < line.length) {
    const char = line.charAt(at);
    if (/[ \t\r\n]/.test(char)) {
      if (word !== null) words.push(word);
      word = null;
      at += 1;
      continue;
    }
    const [piece, next] = pieceAt(line, at, word === null);
    word = (word ?? "") + piece;
    at = next;
  }
  if (word !== null) words.push(word);
  return words;
}

/** What one piece of a word stands for, and where the next begins. */
function pieceAt(line: string, at: number, atStart: boolean): [string, number] {
  const char = line.charAt(at);
  if (char === "'") return singleQuoted(line, at);
  if (char === '"') return doubleQuoted(line, at);
  if (char === "\\") {
    if (at + 1 === line.length) throw new UnsplittableError("it ends in a backslash");
    return [line.charAt(at + 1), at + 2];
  }
  const harmless = !atStart && (char === "#" || char === "~");
  if (meaningful.test(char) && !harmless) {
    throw new UnsplittableError(`a shell would take ${JSON.stringify(char)} for more than a character`);
  }
  return [char, at + 1];
}

function singleQuoted(line: string, at: number): [string, number] {
  const end = line.indexOf("'", at + 1);
  if (end < 0) throw new UnsplittableError("a single quote is not closed");
  return [line.slice(at + 1, end), end + 1];
}

function doubleQuoted(line: string, at: number): [string, number] {
  let text = "";
  for (let next = at + 1; next < line.length; next++) {
    const char = line.charAt(next);
    if (char === '"') return [text, next + 1];
    if (char === "$" || char === "`") {
      throw new UnsplittableError(`a shell would take ${JSON.stringify(char)} for more than a character`);
    }
    const follower = line.charAt(next + 1);
    const escapes = char === "\\" && follower !== "" && '"\\$`'.includes(follower);
    text += escapes ? follower : char;
    if (escapes) next += 1;
  }
  throw new UnsplittableError("a double quote is not closed");
}
