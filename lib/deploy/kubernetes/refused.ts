/** What an API server says of a request that it refuses. */

import { redact, UserError } from "../../core/mod.ts";
import { textAt } from "./cluster_object.ts";

export class Refused extends UserError {
  override readonly name = "Refused";
  constructor(readonly status: number, found: string, method: string, thing: string) {
    const remedy = status === 401 ? { remedy: stranger } : {};
    super({ action: `${method} at the cluster`, thing, found, ...remedy });
  }
}

const stranger =
  "Log in anew, or let the cluster know you (of EKS: an access entry for your role), until `kubectl get namespaces` works.";

/** The error for an answer that is no success. @param secrets what it may not say */
export function refused(
  method: string,
  path: string,
  { status, text }: { readonly status: number; readonly text: string },
  secrets: readonly string[] = [],
): Refused {
  const body = jsonOf(text);
  const said = textAt(body, "message") ?? text.replace(/\s+/g, " ").slice(0, 300);
  const found = redact(said, secrets).replace(/[.\s]+$/, "") || "no reason given";
  return new Refused(status, `it says ${status}: ${found}`, method, path);
}

/** null: it is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
