/** One `jupyter nbconvert` process that executes the steps' notebooks, a kernel each, and tells how far it is. */

import { fileURLToPath } from "node:url";
import type { Jupyter } from "../python.ts";

/** What `execute.py` says, one JSON line each. */
export type NotebookEvent =
  | { event: "ready"; notebook: string }
  | { event: "kernel"; notebook: string; pid: number }
  | { event: "cell"; notebook: string; cell: number }
  | { event: "executed"; notebook: string }
  | { event: "failed"; notebook: string; cell: number; ename: string; evalue: string; stack: string }
  | { event: "died"; notebook: string; cell: number | null }
  | { event: "broken"; notebook: string; cell: number | null; reason: string };

export interface SessionOptions {
  readonly jupyter: Jupyter;
  /** Paths of the notebooks, in the order of execution. */
  readonly notebooks: readonly string[];
  /** Where the executed copies go. */
  readonly evidenceDir: string;
  /** What the kernels are told: `FMBENCH_CONFIG`, `FMBENCH_RUN`, ... */
  readonly env: Readonly<Record<string, string>>;
  /** Receives each line that Jupyter or a kernel writes to standard error. */
  readonly onStderr: (line: string) => void;
}

/** A running nbconvert. It lives in a process group of its own, kernels included, so that it can be ended as a whole. */
export class NotebookSession {
  #child: Deno.ChildProcess;
  #stdin: WritableStreamDefaultWriter<Uint8Array>;
  #events: AsyncGenerator<string>;
  #stderrDone: Promise<void>;
  /** nbconvert wants to write its results somewhere; the evidence is written by `execute.py`. */
  #scratch = Deno.makeTempDirSync({ prefix: "fmbench-nbconvert-" });
  #kernel: number | null = null;

  constructor(options: SessionOptions) {
    const config = fileURLToPath(new URL("./execute.py", import.meta.url));
    this.#child = new Deno.Command(options.jupyter.program, {
      args: [
        ...["nbconvert", "--config", config, "--to", "notebook"],
        ...["--output-dir", this.#scratch],
        ...options.notebooks,
      ],
      env: {
        ...options.jupyter.env,
        ...options.env,
        FMBENCH_EVIDENCE: options.evidenceDir,
        FMBENCH_KERNEL: "deno",
      },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      detached: true,
    }).spawn();
    this.#stdin = this.#child.stdin.getWriter();
    this.#events = linesOf(this.#child.stdout);
    this.#stderrDone = this.#drain(options.onStderr);
  }

  async #drain(onLine: (line: string) => void): Promise<void> {
    for await (const line of linesOf(this.#child.stderr)) onLine(line);
  }

  /** The next event; null when the process has closed its output. */
  async next(): Promise<NotebookEvent | null> {
    for (;;) {
      const { value, done } = await this.#events.next();
      if (done) return null;
      if (!value.startsWith("{")) continue;
      const event = JSON.parse(value) as NotebookEvent;
      if (event.event === "kernel") this.#kernel = event.pid;
      return event;
    }
  }

  /** Lets the notebook that said `ready` start. */
  async go(): Promise<void> {
    await this.#stdin.write(new TextEncoder().encode("go\n"));
  }

  /** Closes the input (no further notebook is started) and waits for the end. */
  async end(): Promise<number> {
    await this.#stdin.close().catch(() => {});
    const { code } = await this.#child.status;
    await this.#stderrDone;
    await Deno.remove(this.#scratch, { recursive: true });
    return code;
  }

  /** Ends the process and its kernel: first politely, after `graceMs` by force. */
  async kill(graceMs = 3000): Promise<void> {
    signalGroup(this.#child.pid, "SIGTERM");
    const force = setTimeout(() => signalGroup(this.#child.pid, "SIGKILL"), graceMs);
    await this.#child.status;
    clearTimeout(force);
    // Before end(): a kernel that is left over holds standard error open.
    if (this.#kernel !== null) signalGroup(this.#kernel, "SIGKILL");
    await this.end();
  }
}

/** Signals a process group; that there is none (any more) is fine. nbconvert and each kernel lead a group of their own. */
function signalGroup(leader: number, signal: Deno.Signal): void {
  try {
    Deno.kill(-leader, signal);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound) && !(error instanceof TypeError)) throw error;
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}
