/** Durations as people write them. */

/** Seconds of each unit. */
const units = { w: 604_800, d: 86_400, h: 3_600, m: 60, s: 1 } as const;

const part = /(\d+(?:\.\d+)?)\s*([wdhms])/g;

/** What `parseDuration` takes: `90m`, `24h`, `1d12h`, `2w`; or seconds alone. */
export const durationForm: RegExp = /^\s*(?:\d+(?:\.\d+)?|(?:\d+(?:\.\d+)?\s*[wdhms]\s*)+)\s*$/;

/** Seconds of a duration, which has the form. */
export function parseDuration(text: string): number {
  if (/^[\d.\s]+$/.test(text)) return Number(text);
  return [...text.matchAll(part)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * units[unit as keyof typeof units],
    0,
  );
}
