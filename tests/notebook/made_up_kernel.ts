/** Programs that run as if in a kernel: another process, with a stand-in for the kernel's interface. */

import { join } from "node:path";
import { projectRoot } from "../../lib/pipeline/project.ts";

/** One message that was sent to the front end: its kind and content. */
export type Sent = readonly [kind: string, content: Readonly<Record<string, unknown>>];

export interface Ended {
  /** What the program gave to `tell(...)`, in order. */
  readonly told: readonly unknown[];
  /** What was shown below the cell. */
  readonly sent: readonly Sent[];
  readonly stdout: string;
}

const kernelInterface = `
Deno.jupyter = {
  broadcast: async (...message) => { await 0; tell.line("sent", message); },
  display: async (value) => { await 0; tell.line("sent", ["display", { value: String(value) }]); },
};
`;

/**
 * Runs a program with the project's import map. In it, \`tell(value)\` hands a value back.
 *
 * @param kernel whether it believes to be in a kernel
 */
export async function runProgram(
  code: string,
  { kernel = true, env = {} }: { kernel?: boolean; env?: Readonly<Record<string, string>> } = {},
): Promise<Ended> {
  const folder = await Deno.makeTempDir({ prefix: "fmbench-test-" });
  try {
    // The kernel's own main module has this name.
    const program = join(folder, kernel ? "$deno$jupyter.js" : "program.js");
    const tell = `const tell = (value) => tell.line("told", value ?? null);
tell.line = (kind, value) => console.log("\\u0001" + JSON.stringify([kind, value]));`;
    await Deno.writeTextFile(program, `${tell}\n${kernel ? kernelInterface : ""}\n${code}\n`);
    const { FMBENCH_RUN: _run, FMBENCH_CONFIG: _config, FMBENCH_OPTIONS: _options, ...own } = Deno.env
      .toObject();
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", "--no-check", "--config", join(projectRoot, "deno.json"), program],
      env: { ...own, NO_COLOR: "1", ...env },
      clearEnv: true,
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    if (!success) throw new Error(`the program failed: ${decoder.decode(stderr)}`);
    const lines = decoder.decode(stdout).split("\n");
    const messages = lines.filter((line) => line.startsWith("\u0001"))
      .map((line) => JSON.parse(line.slice(1)) as [string, unknown]);
    const of = (kind: string) => messages.filter(([one]) => one === kind).map(([, value]) => value);
    return {
      told: of("told"),
      sent: of("sent") as Sent[],
      stdout: lines.filter((line) => !line.startsWith("\u0001")).join("\n").trim(),
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
