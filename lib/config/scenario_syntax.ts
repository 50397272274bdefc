/** What is wrong with the form of a scenario, in words. */

/**
 * A fault's text for an error of the parser.
 *
 * @param code of jsonc-parser
 * @param source what was parsed
 */
export function syntaxFault(code: number, source: string, offset: number, length: number): string {
  const found = shownAt(source, offset, length);
  switch (code) {
    case 2:
    case 13:
      return `the number ${found} can't be read; expected digits, like 50 or 0.5`;
    case 3:
      return `${found} stands where a field begins; expected its name in double quotes`;
    case 4:
      return `there is no value before ${found}; expected text in double quotes, a number, a list or an object`;
    case 5:
      return `there is no colon before ${found}; expected "field": value`;
    case 6:
      if (found === "}") return "the list has no end before }; expected ]";
      if (found === "]") return "the object has no end before ]; expected }";
      return `there is no comma before ${found}; expected one between two fields or values`;
    case 7:
      return "the object has no end; expected }";
    case 8:
      return "the list has no end; expected ]";
    case 11:
      return "a comment without its end; expected */ behind it";
    case 12:
      return "the text has no end on its line; expected a double quote, and \\n for a line break within it";
    case 14:
      return `${found} has a \\u that is no character; expected four hexadecimal digits`;
    case 15:
      return `${found} has a backslash before a character that needs none; expected \\\\ for a backslash itself`;
    case 16:
      return `${found} has a control character in it; expected \\t for a tab, \\n for a line break`;
    default:
      if (found.startsWith("'")) return `${found} stands in single quotes; expected double quotes`;
      return /^\s*:/.test(source.slice(offset + length))
        ? `${found} stands without quotes; expected "${found}"`
        : `${found} is no value; expected text in double quotes, a number, true, false, a list or an object`;
  }
}

function shownAt(source: string, offset: number, length: number): string {
  const found = source.slice(offset, offset + Math.max(1, length));
  if (found.trim() === "") return "the end";
  return found.length > 40 ? `${found.slice(0, 37)}...` : found;
}
