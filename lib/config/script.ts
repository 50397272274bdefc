/** What stands behind a script that a config names. */

/** A module of ours, or the user's own. */
export interface Script {
  /** Name of our module; for the user's own, the path as it is written. */
  readonly module: string;
  /** Whether this version has it. */
  readonly available: boolean;
  /** Whether it is a TypeScript module of the user's. */
  readonly own: boolean;
}

/** The names that a key for scripts may have. */
export interface ScriptNames {
  /** Our modules that this version has. */
  readonly available: readonly string[];
  /** Whether this version can load modules of the user's own. */
  readonly own: boolean;
  /** FMBench's names, to ours. */
  readonly fmbench: Readonly<Record<string, string>>;
}

/** What a name stands for; null for one that stands for nothing. */
export function scriptOf(written: string, { available, own, fmbench }: ScriptNames): Script | null {
  const module = Object.hasOwn(fmbench, written) ? fmbench[written]! : written;
  if (available.includes(module) || Object.values(fmbench).includes(module)) {
    return { module, available: available.includes(module), own: false };
  }
  return written.endsWith(".ts") ? { module: written, available: own, own: true } : null;
}

/** All names that a key may have, apart from the user's own modules. */
export function knownScripts({ available, fmbench }: ScriptNames): string[] {
  return [...new Set([...available, ...Object.keys(fmbench), ...Object.values(fmbench)])];
}
