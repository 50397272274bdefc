/** Rows that a formula goes through, whether they are an array or made as they are asked for. */

/** An array is one; so are rows that lie in columns, of which there may be tens of millions and which are never all there. */
export interface Sequence<T> extends Iterable<T> {
  readonly length: number;
  filter(keep: (one: T) => boolean): Sequence<T>;
}

/** The values that are known, in the order of the rows, as one array of numbers. */
export function numbersOf<T>(rows: Sequence<T>, of: (one: T) => number | null): Float64Array<ArrayBuffer> {
  const values = new Float64Array(rows.length);
  let n = 0;
  for (const row of rows) {
    const value = of(row);
    if (value !== null) values[n++] = value;
  }
  return n === values.length ? values : values.slice(0, n);
}
