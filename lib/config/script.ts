/** What stands behind a script that a config names. */

/** A module of ours, or the user's own. */
export interface Script {
  /** Name of our module; for the user's own, the path as it is written. */
  readonly module: string;
  /** Whether it is a TypeScript module of the user's. */
  readonly own: boolean;
}

/** The names that a key for scripts may have. */
export interface ScriptNames {
  /** Our modules that FMBench has no name for, or that go by their own as well. */
  readonly ours: readonly string[];
  /** FMBench's names, to ours. */
  readonly fmbench: Readonly<Record<string, string>>;
}

/** What a name stands for; null for one that stands for nothing. */
export function scriptOf(written: string, { ours, fmbench }: ScriptNames): Script | null {
  const module = Object.hasOwn(fmbench, written) ? fmbench[written]! : written;
  if (ours.includes(module) || Object.values(fmbench).includes(module)) return { module, own: false };
  return written.endsWith(".ts") ? { module: written, own: true } : null;
}

/** All names that a key may have, apart from the user's own modules. */
export function knownScripts({ ours, fmbench }: ScriptNames): string[] {
  return [...new Set([...ours, ...Object.keys(fmbench), ...Object.values(fmbench)])];
}
