/** Jupyter's side of the house: a virtual environment inside the project, made once from exact pins. */

import { join } from "node:path";
import { StepError, UserError } from "../core/mod.ts";
import { pathWithDeno, projectRoot } from "./project.ts";

const MINIMUM: readonly [number, number] = [3, 11];

/** Which set of packages: nbconvert alone for runs, JupyterLab for work by hand. */
export type PythonKit = "run" | "lab";

const kits: Record<PythonKit, { requirements: string; what: string }> = {
  run: { requirements: "requirements.txt", what: "nbconvert (65 MB, once)" },
  lab: { requirements: "requirements-lab.txt", what: "JupyterLab (240 MB, once)" },
};

/** The Jupyter of the project. */
export interface Jupyter {
  /** The `jupyter` program. */
  readonly program: string;
  /** Variables that keep Jupyter inside the project and make the kernel `deno` known. */
  readonly env: Readonly<Record<string, string>>;
}

async function output(program: string, args: string[]): Promise<{ ok: boolean; text: string } | null> {
  try {
    const { success, stdout, stderr } = await new Deno.Command(program, { args, stdin: "null" }).output();
    const decoder = new TextDecoder();
    return { ok: success, text: decoder.decode(stdout) + decoder.decode(stderr) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** The first Python on PATH that is new enough. */
async function findPython(): Promise<string> {
  const found: string[] = [];
  for (const name of ["python3", "python"]) {
    const answer = await output(name, ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"]);
    if (!answer?.ok) continue;
    const version = answer.text.trim();
    const [major = 0, minor = 0] = version.split(".").map(Number);
    if (major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1])) return name;
    found.push(`${name} is ${version}`);
  }
  throw new UserError({
    action: "set up",
    thing: "Jupyter",
    found: found.length > 0 ? found.join(", ") : "there is no python3 on the PATH",
    expected: `Python ${MINIMUM.join(".")} or later`,
    remedy: "Install it (Debian, Ubuntu: apt-get install python3 python3-venv; macOS: brew install python).",
  });
}

/**
 * Makes sure that the virtual environment holds a kit; a second call skips what is there. Its programs name their own place,
 * so that a project folder that was moved gets a new one.
 *
 * @param say is told in one line what is being installed
 * @param root the folder with the requirements; gets the environment as `.venv`
 * @throws {UserError} if Python or its venv module is missing, or the packages can't be had
 */
export async function ensureJupyter(
  kit: PythonKit,
  say: (line: string) => void,
  root: string = projectRoot,
): Promise<Jupyter> {
  const { requirements, what } = kits[kit];
  const venv = join(root, ".venv");
  const wanted = await Deno.readTextFile(join(root, requirements));
  const stamp = join(venv, `installed-${requirements}`);
  const installed = await Deno.readTextFile(stamp).catch(() => null);
  const place = join(venv, "place");
  const moved = await Deno.readTextFile(place).catch(() => null) !== venv;
  if (moved || installed !== wanted) {
    const bin = join(venv, "bin", "python");
    if (moved || (await output(bin, ["--version"]))?.ok !== true) {
      await makeVenv(await findPython(), venv);
      await Deno.writeTextFile(place, venv);
    }
    say(`Installing ${what} into .venv`);
    const pip = await output(bin, [
      ...["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"],
      ...["-r", join(root, requirements)],
    ]);
    if (!pip?.ok) {
      throw new UserError({
        action: "install",
        thing: requirements,
        found: pip?.text.trim().split("\n").slice(-3).join(" | ") ?? "pip did not start",
        expected: "the pinned packages from your Python package index",
        remedy: "Check the network or your pip configuration and try again.",
      });
    }
    await Deno.writeTextFile(stamp, wanted);
  }
  return { program: join(venv, "bin", "jupyter"), env: jupyterEnvironment(root, venv) };
}

async function makeVenv(python: string, venv: string): Promise<void> {
  const made = await output(python, ["-m", "venv", "--clear", venv]);
  if (made?.ok) return;
  const reason = made?.text.trim().split("\n").at(-1) ?? "python did not start";
  throw new UserError({
    action: "make the virtual environment",
    thing: venv,
    found: /ensurepip|No module named venv/.test(made?.text ?? "")
      ? "this Python has no venv module"
      : reason,
    expected: "a Python that can run `python3 -m venv`",
    remedy: "Install it (Debian, Ubuntu: apt-get install python3-venv).",
  });
}

/** Nothing of Jupyter is read from or written to the home folder. */
function jupyterEnvironment(root: string, venv: string): Record<string, string> {
  const own = join(venv, "jupyter");
  return {
    PATH: `${join(venv, "bin")}:${pathWithDeno()}`,
    JUPYTER_PATH: root,
    JUPYTER_PLATFORM_DIRS: "1",
    JUPYTER_CONFIG_DIR: join(own, "config"),
    JUPYTER_DATA_DIR: join(own, "data"),
    JUPYTER_RUNTIME_DIR: join(own, "runtime"),
    IPYTHONDIR: join(own, "ipython"),
    PYTHONDONTWRITEBYTECODE: "1",
  };
}

/** Runs a `jupyter` command to its end. */
export async function runJupyter(jupyter: Jupyter, args: string[], what: string): Promise<void> {
  const command = new Deno.Command(jupyter.program, {
    args,
    env: { ...jupyter.env },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  });
  const { success, stderr } = await command.output();
  if (success) return;
  const reason = new TextDecoder().decode(stderr).trim().split("\n").at(-1) ?? "";
  throw new StepError({ action: what, thing: args.at(-1) ?? "", found: `jupyter failed: ${reason}` });
}
