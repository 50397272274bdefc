/** Numbers as they stand in English text, Markdown and LaTeX. */

/** A number in a text. */
export interface TextNumber {
  readonly value: number;
  /** A percent sign or word follows; `value` is the number before it. */
  readonly percent: boolean;
  /** Where it begins and ends in the plain text (`plainNumberText`). */
  readonly start: number;
  readonly end: number;
}

const amount = String
  .raw`(?:\d{1,3}(?:,\d{2,3}){0,6},\d{3}(?!\d)|\d+)(?:\.\d+)?(?:e[-+]?\d+(?![\p{L}\d]))?|\.\d+`;
const number = new RegExp(
  [
    String.raw`(?<sign>-?)(?:\p{Sc}\s?)?(?<inner>-?)(?<whole>${amount})`,
    String
      .raw`(?:\s+(?<top>\d+)\s?/\s?(?<bottom>[1-9]\d*)(?![\d/.])|\s?/\s?(?<divisor>${amount})(?!\s?[/\d]))?`,
    String.raw`(?:\s*(?:[x×*·]|\\times|\\cdot)\s*10\s*\^\s*\{?(?<power>[-+]?\d+)\}?)?`,
    String.raw`(?:\s*(?<scale>thousand|million|billion|trillion)s?\b)?`,
    String.raw`(?<percent>\s?(?:%|per\s?cent\b))?`,
  ].join(""),
  "giu",
);
const scales: Readonly<Record<string, number>> = {
  thousand: 1e3,
  million: 1e6,
  billion: 1e9,
  trillion: 1e12,
};

/**
 * The numbers of a text in order. Read are: thousands separators (`1,234`, `1,00,000`, a no-break or thin space or an
 * apostrophe between groups), decimals (`.5`), signs (`-5`, `−5`, `-$5`; not the dash of a range or a subtraction), fractions
 * (`3/4`, `1 1/2`, `½`, `\frac{3}{4}`), powers of ten (`1.5e6`, `2 × 10^6`), `2 million`, percent. Units and currencies
 * are passed over. A digit that belongs to a word is no number (`H2O`, `GPT-4`, `m²`); nor is a number in words.
 */
export function numbersIn(text: string): TextNumber[] {
  return numbersOfPlain(plainNumberText(text));
}

/** The text with one spelling of everything that numbers are made of; its places are those of `TextNumber`. */
export function plainNumberText(text: string): string {
  return text
    .replace(/(?<=\d)[\u00a0\u2009\u202f'\u2019](?=\d{3}(?!\d))/g, ",")
    .replace(/[⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+/g, (power) => `^${power.normalize("NFKC").replace("\u2212", "-")}`)
    .replace(/[¼-¾⅐-⅞]/g, (fraction) => ` ${fraction.normalize("NFKC").replace("\u2044", "/")}`)
    .normalize("NFKC")
    .replace(/\p{Cf}/gu, "")
    .replace(/\u2212/g, "-")
    .replace(/\\[dt]?frac\s*\{\s*(\d+)\s*\}\s*\{\s*(\d+)\s*\}/g, " $1/$2")
    .replace(/(?<=\d)(?:\{,\}|\\,)(?=\d{3})/g, ",")
    .replace(/\\([$%])/g, "$1")
    .replace(/\b(?:US|CA?|AU?|NZ|HK|S)\$/g, "$")
    .replace(/\b(?:USD|EUR|GBP|CHF|JPY|CNY|INR|Rs\.?)\s?(?=[\d.])/g, "$");
}

/** The numbers of a text that is plain already. */
export function numbersOfPlain(plain: string): TextNumber[] {
  const found: TextNumber[] = [];
  for (const match of plain.matchAll(number)) {
    const parts = match.groups ?? {};
    const before = plain.slice(Math.max(0, match.index - 2), match.index);
    if (belongsToWord(before, match[0])) continue;
    const negative = (parts["sign"] === "-" && !/[\p{L}\p{N})\]%]$/u.test(before)) || parts["inner"] === "-";
    const value = read(parts["whole"]) / read(parts["divisor"] ?? "1") +
      read(parts["top"] ?? "0") / read(parts["bottom"] ?? "1");
    if (!Number.isFinite(value)) continue;
    const scale = 10 ** Number(parts["power"] ?? 0) * (scales[parts["scale"]?.toLowerCase() ?? ""] ?? 1);
    found.push({
      value: (negative ? -value : value) * scale,
      percent: parts["percent"] !== undefined,
      start: match.index,
      end: match.index + match[0].length,
    });
  }
  return found;
}

/** Directly behind a Latin letter, with or without a hyphen, or inside a longer run of digits and points. */
function belongsToWord(before: string, match: string): boolean {
  if (/^\p{Sc}/u.test(match)) return false;
  return match.startsWith("-")
    ? /\p{Script=Latin}$/u.test(before)
    : /(?:[\p{Script=Latin}_^]|\d\.?|[\^_]\{)$/u.test(before);
}

function read(digits: string | undefined): number {
  return Number((digits ?? "").replaceAll(",", ""));
}
