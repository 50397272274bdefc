/** How wide a text is drawn, so that nothing is clipped and no label covers another. */

/** Advance widths of U+0020 to U+007E in Arimo Regular, in thousandths of the font size. */
const advances = [
  278,
  278,
  355,
  556,
  556,
  889,
  667,
  191,
  333,
  333,
  389,
  584,
  278,
  333,
  278,
  278,
  556,
  556,
  556,
  556,
  556,
  556,
  556,
  556,
  556,
  556,
  278,
  278,
  584,
  584,
  584,
  556,
  1015,
  667,
  667,
  722,
  722,
  667,
  611,
  778,
  722,
  278,
  500,
  667,
  556,
  833,
  722,
  778,
  667,
  778,
  722,
  667,
  611,
  722,
  667,
  944,
  667,
  667,
  611,
  278,
  278,
  278,
  469,
  556,
  333,
  556,
  556,
  500,
  556,
  556,
  278,
  556,
  556,
  222,
  222,
  500,
  222,
  833,
  556,
  556,
  556,
  556,
  333,
  500,
  278,
  556,
  500,
  722,
  500,
  500,
  500,
  334,
  260,
  334,
  584,
];

/**
 * Width of a text in pixels. Arimo has the widths of Arial and Helvetica, so the result also holds where one of those
 * stands in for it. Characters outside ASCII count as 0.7 of the font size, from U+2E80 on (CJK) as one.
 */
export function textWidth(text: string, fontSize: number, bold = false): number {
  let width = 0;
  for (const character of text) {
    const code = character.codePointAt(0)!;
    width += advances[code - 32] ?? (code >= 0x2e80 ? 1000 : 700);
  }
  return width / 1000 * fontSize * (bold ? 1.08 : 1);
}

/** The text itself, or, where it is wider than `width` pixels, its beginning and end around an ellipsis. */
export function fitText(text: string, width: number, fontSize: number, bold = false): string {
  if (textWidth(text, fontSize, bold) <= width) return text;
  const characters = [...text];
  for (let kept = characters.length - 1; kept > 1; kept--) {
    const tail = Math.floor(kept / 2);
    const short = `${characters.slice(0, kept - tail).join("")}…${characters.slice(-tail).join("")}`;
    if (textWidth(short, fontSize, bold) <= width) return short;
  }
  return "…";
}
