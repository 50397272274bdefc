/** JupyterLab on the notebooks, with the kernel ready. */

import { join } from "node:path";
import { ensureJupyter } from "./python.ts";
import { projectRoot } from "./project.ts";

/** Restores the default handling of SIGINT, which a shell's background jobs ignore: the stop button needs it. */
const LAUNCH =
  "import os, signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); os.execv(sys.argv[1], sys.argv[1:])";

/**
 * Installs JupyterLab on first use and runs it until it ends.
 *
 * @param args passed on to `jupyter lab`, e.g. `--no-browser`
 * @returns its exit code
 */
export async function runLab(args: readonly string[], say: (line: string) => void): Promise<number> {
  // Saving the analysis renders the report: what that takes must not be installed under a running JupyterLab.
  await ensureJupyter("run", say);
  const jupyter = await ensureJupyter("lab", say);
  const settings = join(projectRoot, ".venv", "jupyter", "lab-settings");
  const notification = join(settings, "@jupyterlab", "apputils-extension");
  await Deno.mkdir(notification, { recursive: true });
  await Deno.writeTextFile(
    join(notification, "notification.jupyterlab-settings"),
    '{"fetchNews": "false"}\n',
  );
  const child = new Deno.Command(join(projectRoot, ".venv", "bin", "python"), {
    args: [
      "-c",
      LAUNCH,
      jupyter.program,
      "lab",
      `--ServerApp.root_dir=${projectRoot}`,
      "--LabApp.default_url=/lab/tree/notebooks/0_setup.ipynb",
      ...args,
    ],
    env: { ...jupyter.env, JUPYTERLAB_SETTINGS_DIR: settings },
  }).spawn();
  const end = () => child.kill("SIGTERM");
  // In a terminal Ctrl-C reaches JupyterLab by itself; it asks, and ends its kernels. They would outlive it if this ended first.
  const signals = {
    SIGINT: Deno.stdin.isTerminal() ? () => {} : end,
    SIGTERM: end,
    SIGHUP: end,
  } as const;
  const names = Object.keys(signals) as (keyof typeof signals)[];
  for (const name of names) Deno.addSignalListener(name, signals[name]);
  const { code } = await child.status;
  for (const name of names) Deno.removeSignalListener(name, signals[name]);
  return code;
}
