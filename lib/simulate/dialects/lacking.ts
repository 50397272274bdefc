/** Which faults a protocol has no form for. */

import type { FailureName, ShapeName } from "../fault_options.ts";

/** What only Bedrock can do, and more. */
export function lacking(
  ...names: readonly (FailureName | ShapeName)[]
): ReadonlySet<FailureName | ShapeName> {
  return new Set(["served_standard", ...names]);
}

/** Protocols that say text and nothing else. */
export const textOnly = ["reasoning", "tool_calls", "role_only_first"] as const;
