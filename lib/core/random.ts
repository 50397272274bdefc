/** Seeded random numbers. Every draw of the program comes from the run's one seed and a name. */

import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { createHash } from "node:crypto";

/** A stream of random numbers that depends on nothing but its seed and its name. */
export interface Random {
  /** Uniform in [0, 1), 53 bits. */
  next(): number;
  /** Uniform integer in [0, bound). Throws RangeError unless bound is a positive integer. */
  below(bound: number): number;
  /** A new array with the items in random order (Fisher-Yates). */
  shuffled<T>(items: readonly T[]): T[];
  /** Exponential with the given mean. */
  exponential(mean: number): number;
  /** Standard normal (Box-Muller). */
  normal(): number;
}

/**
 * Opens the stream `name` of `seed`. Streams with different names are independent, so that drawing more in one place
 * changes nothing in another.
 *
 * @param seed any finite number; the run's `load.seed`
 * @param name what the stream is for, e.g. `"plan"` or `["answers", payloadId]`
 */
export function seededRandom(seed: number, name: string | readonly (string | number)[]): Random {
  const label = typeof name === "string" ? name : name.join("\u0000");
  const digest = createHash("sha256").update(`${seed}\u0000${label}`).digest();
  const generator = xoroshiro128plus(digest.readInt32LE(0));
  for (let skip = digest.readUInt8(4) & 15; skip > 0; skip--) generator.next();
  let salt = digest.readUInt32LE(8);

  /** 32 uniform bits; the salt tells apart names that share the generator's 32-bit seed. */
  function bits(): number {
    salt = (Math.imul(salt, 1664525) + 1013904223) >>> 0;
    return (generator.next() ^ salt) >>> 0;
  }
  function next(): number {
    return ((bits() >>> 5) * 67108864 + (bits() >>> 6)) / 9007199254740992;
  }
  function below(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1) {
      throw new RangeError(`Cannot draw below ${bound}: expected a positive integer`);
    }
    return Math.floor(next() * bound);
  }
  return {
    next,
    below,
    shuffled(items) {
      const result = [...items];
      for (let i = result.length - 1; i > 0; i--) {
        const j = below(i + 1);
        [result[i], result[j]] = [result[j]!, result[i]!];
      }
      return result;
    },
    exponential: (mean) => -Math.log(1 - next()) * mean,
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  };
}
