/** What a Ray cluster says of a request that it refuses. */

import { redact, UserError } from "../../core/mod.ts";

export class RayRefused extends UserError {
  override readonly name = "RayRefused";
  constructor(readonly status: number, readonly said: string, method: string, thing: string) {
    const remedy = remedies[status];
    const found = `it says ${status}: ${said}`;
    super({ action: `${method} at Ray`, thing, found, ...(remedy === undefined ? {} : { remedy }) });
  }
}

const login =
  "Set RAY_AUTH_TOKEN to the cluster's token, or RAY_JOB_HEADERS to the headers that its proxy wants, as JSON.";

const remedies: Readonly<Record<number, string>> = {
  301: "Set load.fleet.address to where it leads.",
  302: login,
  307: "Set load.fleet.address to where it leads.",
  401: login,
  403: login,
  413: "Make the package smaller.",
};

/** The error for an answer that is no success. @param secrets what it may not say */
export function rayRefused(
  method: string,
  url: string,
  { status, text }: { readonly status: number; readonly text: string },
  secrets: readonly string[],
): RayRefused {
  return new RayRefused(status, redact(lastComplaint(text), secrets) || "no reason given", method, url);
}

/** Ray answers with Python's tracebacks, one inside the other: what the innermost ends with. */
export function lastComplaint(text: string): string {
  const errors = [...text.matchAll(/^(?:[\w.]+\.)?\w*(?:Error|Exception): (.+)$/gm)].map(([, said]) =>
    said ?? ""
  );
  const said = errors.at(-1) ?? text;
  return said.replace(/\s+/g, " ").slice(0, 300).replace(/[.\s]+$/, "");
}
