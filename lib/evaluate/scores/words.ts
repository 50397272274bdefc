/** Words, also of scripts that put no spaces between them. */

const unspaced = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}` +
  String.raw`\p{Script=Lao}\p{Script=Khmer}`;
const anyUnspaced = new RegExp(`[${unspaced}]`, "u");
const pieces = new RegExp(String.raw`[${unspaced}]\p{M}*|[^\s${unspaced}]+`, "gu");

/** Whether a text has characters of a script that puts no spaces between words. */
export function holdsUnspaced(text: string): boolean {
  return anyUnspaced.test(text);
}

/** What white space parts; each character of scripts without spaces is a word of its own. */
export function wordsOf(text: string): string[] {
  return text.match(pieces) ?? [];
}
