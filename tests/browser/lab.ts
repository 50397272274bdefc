/** JupyterLab as a user starts it, and the browser in front of it. */

import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { NotebookPage } from "./notebook_page.ts";
import { copyProject, type ScratchCopy } from "./scratch_copy.ts";

const START_MS = 300_000;
const END_MS = 15_000;
/** A terminal: what comes on stdin is typed into it. */
const TERMINAL = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";
const CTRL_C = new Uint8Array([3]);
const token = crypto.randomUUID();

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A running JupyterLab on a scratch copy of the project. */
export interface Lab {
  readonly copy: ScratchCopy;
  /** Where pictures are kept. */
  readonly screenshots: string;
  /** The browser itself, for pages that are not JupyterLab's. */
  readonly browser: Browser;
  /** Opens a notebook of the copy, as it is in the repository, with a kernel of its own. */
  open(path: string): Promise<NotebookPage>;
  /** Ctrl-C in the terminal, twice. @returns how JupyterLab's command ended */
  interrupt(): Promise<number>;
  /** Ends kernels, JupyterLab, the browser and what runs left behind, and removes the copy. */
  close(): Promise<void>;
}

/** Copies the project, starts its `lab` command, which installs JupyterLab first, and starts the browser. */
export async function startLab(chromiumPath: string): Promise<Lab> {
  const screenshots = Deno.env.get("FMBENCH_BROWSER_SCREENSHOTS") ??
    await Deno.makeTempDir({ prefix: "fmbench-screenshots-" });
  await Deno.mkdir(screenshots, { recursive: true });
  const copy = await copyProject();
  const server = new LabServer(copy, join(screenshots, "lab.log"));
  const atRoot = Deno.build.os !== "windows" && Deno.uid() === 0;
  let browser: Browser | null = null;
  const close = async () => {
    await browser?.close();
    await server.end();
    await removeLeftovers(copy);
    await copy.remove();
  };
  Deno.addSignalListener("SIGINT", () => void close().finally(() => Deno.exit(130)));
  try {
    await server.ready();
    browser = await chromium.launch({
      executablePath: chromiumPath,
      args: atRoot ? ["--no-sandbox"] : [],
    });
  } catch (error) {
    await close();
    throw error;
  }
  const context = await browser.newContext({ viewport: { width: 1300, height: 1000 } });
  return {
    copy,
    screenshots,
    browser,
    close,
    interrupt: () => server.interrupt(),
    open: async (path) => {
      await server.endKernels();
      await copy.restore(path);
      const page = await context.newPage();
      return await NotebookPage.load(
        page,
        `${server.base}/lab/tree/${path}?token=${token}&reset`,
        screenshots,
      );
    },
  };
}

class LabServer {
  readonly base: string;
  readonly #process: Deno.ChildProcess;
  readonly #keyboard: WritableStreamDefaultWriter<Uint8Array>;
  readonly #log: string;

  constructor(copy: ScratchCopy, log: string) {
    const port = freePort();
    this.base = `http://127.0.0.1:${port}`;
    this.#log = log;
    this.#process = new Deno.Command("python3", {
      args: [
        ...["-c", TERMINAL, Deno.execPath()],
        ...["task", "fmbench", "lab", "--no-browser", `--port=${port}`, "--ServerApp.port_retries=0"],
        ...["--allow-root", `--ServerApp.token=${token}`, "--LabApp.expose_app_in_browser=True"],
      ],
      cwd: copy.root,
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#keyboard = this.#process.stdin.getWriter();
    const file = Deno.openSync(log, { write: true, create: true, truncate: true });
    void this.#process.stdout.pipeTo(file.writable);
  }

  async #call(method: string, path: string): Promise<Response> {
    return await fetch(`${this.base}${path}`, { method, headers: { authorization: `token ${token}` } });
  }

  /** Waits until the server answers. */
  async ready(): Promise<void> {
    let ended = false;
    void this.#process.status.then(() => ended = true);
    const deadline = performance.now() + START_MS;
    while (!ended && performance.now() < deadline) {
      const answer = await this.#call("GET", "/api/status").catch(() => null);
      await answer?.body?.cancel();
      if (answer?.ok) return;
      await pause(200);
    }
    const reason = (await Deno.readTextFile(this.#log)).trim().split("\n").slice(-5).join("\n");
    throw new Error(`JupyterLab ${ended ? "ended" : "did not answer"}:\n${reason}`);
  }

  /** Ends every kernel, so that a notebook starts with nothing in its memory. */
  async endKernels(): Promise<void> {
    const sessions = await (await this.#call("GET", "/api/sessions")).json() as { id: string }[];
    for (const { id } of sessions) await (await this.#call("DELETE", `/api/sessions/${id}`)).body?.cancel();
  }

  /** JupyterLab asks after the first Ctrl-C and ends at the second. */
  async interrupt(): Promise<number> {
    await this.#keyboard.write(CTRL_C);
    await pause(1000);
    await this.#keyboard.write(CTRL_C);
    return (await this.#process.status).code;
  }

  /** Asks the server to end, as its menu does; it takes its kernels along. */
  async end(): Promise<void> {
    const asked = await this.#call("POST", "/api/shutdown").catch(() => null);
    await asked?.body?.cancel();
    const ended = await Promise.race([
      this.#process.status.then(() => true),
      pause(END_MS).then(() => false),
    ]);
    // Closing a terminal ends what runs in it.
    if (!ended) this.#process.kill("SIGKILL");
    await this.#process.status;
  }
}

function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}

/** A scenario that failed half way may have left its embedded endpoint behind. */
async function removeLeftovers({ root, results }: ScratchCopy): Promise<void> {
  const program = `import { removeAll } from "${root}/lib/deploy/mod.ts";
    for await (const family of Deno.readDir(Deno.args[0])) {
      if (!family.isDirectory) continue;
      for await (const run of Deno.readDir(Deno.args[0] + "/" + family.name)) {
        if (run.isDirectory) await removeAll([Deno.args[0], family.name, run.name].join("/"));
      }
    }`;
  await new Deno.Command(Deno.execPath(), { args: ["eval", program, results], cwd: root }).output();
}
