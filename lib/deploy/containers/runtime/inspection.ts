/** What an engine knows of a container, as `inspect` of docker and podman say it alike. */

import { UserError } from "../../../core/mod.ts";
import { type Engine, lastLine } from "./engine.ts";

export interface Inspected {
  readonly id: string;
  readonly name: string;
  /** `created`, `running`, `paused`, `exited`, ... */
  readonly status: string;
  readonly exit_code: number | null;
  readonly out_of_memory: boolean;
  readonly labels: Readonly<Record<string, string>>;
}

interface Raw {
  readonly Id?: string;
  readonly Name?: string;
  readonly State?: { readonly Status?: string; readonly ExitCode?: number; readonly OOMKilled?: boolean };
  readonly Config?: { readonly Labels?: Record<string, string> | null };
}

/** The label by which a container is recognised: it is in the ledger before the container exists. */
export const nonceLabel = "fmbench.dev/nonce";

/** One container; null where there is none of that id or name. */
export async function inspect(engine: Engine, id: string): Promise<Inspected | null> {
  const { code, stdout, stderr } = await engine.run(["container", "inspect", id]);
  if (code !== 0) {
    if (/no such (container|object)|no container with name or id/i.test(stderr)) return null;
    throw failed(engine, `look at the container ${id}`, stderr, code);
  }
  const [raw] = JSON.parse(stdout) as Raw[];
  if (raw?.Id === undefined) return null;
  return {
    id: raw.Id,
    name: (raw.Name ?? id).replace(/^\//, ""),
    status: (raw.State?.Status ?? "unknown").toLowerCase(),
    exit_code: raw.State?.ExitCode ?? null,
    out_of_memory: raw.State?.OOMKilled ?? false,
    labels: raw.Config?.Labels ?? {},
  };
}

/** Ids of all containers with a label, whatever state they are in. @param label `key` or `key=value` */
export async function labelled(engine: Engine, label: string): Promise<string[]> {
  const args = ["ps", "--all", "--no-trunc", "--quiet", "--filter", `label=${label}`];
  const { code, stdout, stderr } = await engine.run(args);
  if (code !== 0) throw failed(engine, "list the containers", stderr, code);
  return stdout.split("\n").map((line) => line.trim()).filter((line) => line !== "");
}

/** The last lines that a container wrote; empty where the engine has none. */
export async function lastLines(engine: Engine, id: string, count = 20): Promise<string> {
  const { code, stdout, stderr } = await engine.run(["logs", "--tail", String(count), id]);
  return code === 0
    ? [stdout, stderr].map((text) => text.trim()).filter((text) => text !== "").join("\n")
    : "";
}

/** An engine's refusal in the one form that messages have. */
export function failed(engine: Engine, action: string, stderr: string, code: number): UserError {
  return new UserError({
    action,
    thing: engine.name,
    found: lastLine(stderr) ?? `${engine.name} ended with code ${code}`,
  });
}
