/** Sorts tens of millions of numbers with where they come from, in time that grows with their count alone. */

const bits = 16;
const digits = 1 << bits;
const mask = digits - 1;
/** Below it a comparison sort is quicker. */
const few = 20_000;

/**
 * Positions of numbers in ascending order; equal ones keep their order, and NaN comes last.
 *
 * @param groups numbers of a lower group come before those of a higher one
 */
export function stableOrder(values: Float64Array, groups: Uint16Array): Uint32Array {
  const order = Uint32Array.from(values, (_, i) => i);
  if (isOrdered(values, groups)) return order;
  if (values.length < few) {
    const last = (value: number) => Number.isNaN(value) ? Infinity : value;
    return order.sort((a, b) =>
      groups[a]! - groups[b]! || Math.sign(last(values[a]!) - last(values[b]!)) || a - b
    );
  }
  return radixOrder(values, groups, order);
}

function isOrdered(values: Float64Array, groups: Uint16Array): boolean {
  for (let i = 1; i < values.length; i++) {
    if (groups[i]! > groups[i - 1]!) continue;
    if (groups[i]! < groups[i - 1]! || !(values[i - 1]! <= values[i]!)) {
      if (groups[i] === groups[i - 1] && Number.isNaN(values[i])) continue;
      return false;
    }
  }
  return true;
}

/** Least significant digit first: 16 bits of the number at a time, then the group. */
function radixOrder(values: Float64Array, groups: Uint16Array, order: Uint32Array<ArrayBuffer>): Uint32Array {
  const words = keysOf(values);
  let [from, to] = [order, new Uint32Array(order.length)];
  const counts = new Uint32Array(digits + 1);
  for (let pass = 0; pass < 5; pass++) {
    const digitOf = pass === 4
      ? (i: number) => groups[i]!
      : (i: number) => (words[2 * i + (pass >> 1)]! >>> ((pass & 1) * bits)) & mask;
    counts.fill(0);
    for (let i = 0; i < from.length; i++) counts[digitOf(i) + 1]!++;
    if (counts.includes(from.length)) continue; // all the same
    for (let digit = 1; digit <= digits; digit++) counts[digit]! += counts[digit - 1]!;
    for (let i = 0; i < from.length; i++) to[counts[digitOf(from[i]!)]!++] = from[i]!;
    [from, to] = [to, from];
  }
  return from;
}

/** The numbers as whole ones of 64 bits that compare alike, low word first. */
function keysOf(values: Float64Array): Uint32Array {
  const words = new Uint32Array(values.slice().buffer);
  for (let i = 0; i < values.length; i++) {
    const high = words[2 * i + 1]!;
    if (Number.isNaN(values[i])) {
      words[2 * i] = words[2 * i + 1] = 0xffffffff;
    } else if (high >>> 31 === 1) {
      words[2 * i] = ~words[2 * i]!;
      words[2 * i + 1] = ~high;
    } else {
      words[2 * i + 1] = (high | 0x80000000) >>> 0;
    }
  }
  return words;
}
