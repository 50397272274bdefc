/** A program that runs beside the load and prints a line whenever it has something to say. */

import { messageOf, redact } from "../core/mod.ts";

export interface ProgramOptions {
  readonly program: string;
  readonly args: readonly string[];
  readonly onLine: (line: string) => void;
  /** It could not be started, or ended by itself. */
  readonly onEnd: (reason: string, missing: boolean) => void;
}

/** Ids of the programs that run now: they are children of this process, and no load workers. */
export const observingPrograms = new Set<number>();

/** Starts it; what it prints last on standard error is told when it ends by itself. */
export class ProgramLines {
  #child: Deno.ChildProcess | null = null;
  #stopped = false;
  #over: Promise<unknown> = Promise.resolve();

  constructor({ program, args, onLine, onEnd }: ProgramOptions) {
    let child: Deno.ChildProcess;
    try {
      child = new Deno.Command(program, { args: [...args], stdin: "null", stdout: "piped", stderr: "piped" })
        .spawn();
    } catch (error) {
      const missing = error instanceof Deno.errors.NotFound;
      onEnd(missing ? `${program} is not on this machine` : redact(messageOf(error)), missing);
      return;
    }
    this.#child = child;
    observingPrograms.add(child.pid);
    let complaint = "";
    this.#over = Promise.allSettled([
      eachLine(child.stdout, onLine),
      eachLine(child.stderr, (line) => complaint = line),
      child.status,
    ]).then(async () => {
      observingPrograms.delete(child.pid);
      const { code } = await child.status;
      const said = complaint.trim() === "" ? "" : `: ${complaint.trim().slice(0, 200)}`;
      if (!this.#stopped) onEnd(redact(`${program} ended with code ${code}${said}`), false);
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    try {
      this.#child?.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
    await this.#over;
  }
}

async function eachLine(stream: ReadableStream<Uint8Array>, take: (line: string) => void): Promise<void> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") take(line.trim());
  }
  if (rest.trim() !== "") take(rest.trim());
}
