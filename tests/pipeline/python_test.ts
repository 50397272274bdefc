import assert from "node:assert/strict";
import { join } from "node:path";
import { UserError } from "../../lib/core/mod.ts";
import { ensureJupyter, type PythonKit, runJupyter } from "../../lib/pipeline/python.ts";

/** What a made-up Python does. */
interface Python {
  readonly version: string;
  /** What `-m venv` prints before it fails; it works when left out. */
  readonly noVenv?: string;
  /** What `-m pip` prints before it fails; it works when left out. */
  readonly noPackages?: string;
}

const requirements = "nbconvert==1.0\n";

/** A shell script that notes its calls and answers as the program would. */
function script({ version, noVenv, noPackages }: Python, folder: string): string {
  return `#!/bin/sh
PATH=/usr/bin:/bin
echo "$(basename "$0") $*" | sed 's/ -c .*/ -c/' >> "${folder}/calls"
case "$2" in
  venv) ${
    noVenv === undefined ? `mkdir -p "$4/bin"; cp "$0" "$4/bin/python"` : `echo "${noVenv}" >&2; exit 1`
  } ;;
  pip) ${noPackages === undefined ? ":" : `echo "${noPackages}" >&2; exit 1`} ;;
  import*) echo ${version} ;;
esac
`;
}

interface Scene {
  readonly root: string;
  readonly said: string[];
  ensure(kit?: PythonKit): ReturnType<typeof ensureJupyter>;
  /** What was called since the last look. */
  calls(): Promise<string[]>;
}

/** A project without an environment, and a PATH that holds nothing but these programs. */
async function scene(pythons: Readonly<Record<string, Python>>, work: (scene: Scene) => Promise<void>) {
  const root = await Deno.makeTempDir({ prefix: "fmbench-test-" });
  const path = Deno.env.get("PATH")!;
  const said: string[] = [];
  try {
    const bin = join(root, "path");
    await Deno.mkdir(bin);
    for (const [name, python] of Object.entries(pythons)) {
      await Deno.writeTextFile(join(bin, name), script(python, root), { mode: 0o755 });
    }
    await Deno.writeTextFile(join(root, "requirements.txt"), requirements);
    await Deno.writeTextFile(join(root, "requirements-lab.txt"), "jupyterlab==2.0\n");
    Deno.env.set("PATH", bin);
    await work({
      root,
      said,
      ensure: (kit = "run") => ensureJupyter(kit, (line) => said.push(line), root),
      async calls() {
        const text = await Deno.readTextFile(join(root, "calls")).catch(() => "");
        await Deno.remove(join(root, "calls")).catch(() => {});
        return text.trim().split("\n").filter((line) => line !== "")
          .map((line) => line.replaceAll(root, "ROOT"));
      },
    });
  } finally {
    Deno.env.set("PATH", path);
    await Deno.remove(root, { recursive: true });
  }
}

const pip = (file: string) =>
  `python -m pip install --quiet --disable-pip-version-check --no-input -r ROOT/${file}`;

/** Asserts that nothing is set up and that the message is this one. */
async function refused(work: Promise<unknown>, message: string): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(error instanceof UserError, String(error));
    assert.equal(error.message, message);
    return true;
  });
}

const remedy =
  "Install it (Debian, Ubuntu: apt-get install python3 python3-venv; macOS: brew install python).";

Deno.test("the first call makes the environment and installs, the second finds the stamp and does nothing", async () => {
  await scene({ python3: { version: "3.11" } }, async ({ root, said, ensure, calls }) => {
    const { program, env } = await ensure();
    assert.equal(program, join(root, ".venv", "bin", "jupyter"));
    assert.deepEqual(await calls(), [
      "python3 -c",
      "python3 -m venv --clear ROOT/.venv",
      pip("requirements.txt"),
    ]);
    assert.deepEqual(said, ["Installing nbconvert (65 MB, once) into .venv"]);
    assert.deepEqual((await ensure()).env, env);
    assert.deepEqual(await calls(), []);
    assert.equal(said.length, 1);
  });
});

Deno.test("changed pins are installed into the environment that is there", async () => {
  await scene({ python3: { version: "3.13" } }, async ({ root, ensure, calls }) => {
    await ensure();
    await calls();
    await Deno.writeTextFile(join(root, "requirements.txt"), "nbconvert==1.1\n");
    await ensure();
    assert.deepEqual(await calls(), ["python --version", pip("requirements.txt")]);
  });
});

Deno.test("JupyterLab is a second install into the same environment", async () => {
  await scene({ python3: { version: "3.13" } }, async ({ said, ensure, calls }) => {
    await ensure();
    await calls();
    await ensure("lab");
    assert.deepEqual(await calls(), ["python --version", pip("requirements-lab.txt")]);
    assert.equal(said.at(-1), "Installing JupyterLab (240 MB, once) into .venv");
    await ensure("run");
    assert.deepEqual(await calls(), []);
  });
});

Deno.test("an environment whose Python does not start any more is made anew", async () => {
  await scene({ python3: { version: "3.13" } }, async ({ root, ensure, calls }) => {
    await ensure();
    await calls();
    await Deno.remove(join(root, ".venv", "installed-requirements.txt"));
    await Deno.writeTextFile(join(root, ".venv", "bin", "python"), "#!/bin/sh\nexit 1\n");
    await ensure();
    assert.deepEqual(await calls(), [
      "python3 -c",
      "python3 -m venv --clear ROOT/.venv",
      pip("requirements.txt"),
    ]);
  });
});

Deno.test("a project folder that was moved gets a new environment: the programs in it name the old place", async () => {
  await scene({ python3: { version: "3.13" } }, async ({ root, ensure, calls }) => {
    await ensure();
    await calls();
    await Deno.writeTextFile(join(root, ".venv", "place"), "/elsewhere/.venv");
    await ensure();
    assert.deepEqual(await calls(), [
      "python3 -c",
      "python3 -m venv --clear ROOT/.venv",
      pip("requirements.txt"),
    ]);
  });
});

Deno.test("without any Python one line says what to install", async () => {
  await scene({}, ({ ensure }) =>
    refused(
      ensure(),
      `Cannot set up "Jupyter": there is no python3 on the PATH; expected Python 3.11 or later. ${remedy}`,
    ));
});

Deno.test("a Python that is too old is named with its version; a newer one beside it is taken", async () => {
  await scene({ python3: { version: "3.10" }, python: { version: "2.7" } }, ({ ensure }) =>
    refused(
      ensure(),
      `Cannot set up "Jupyter": python3 is 3.10, python is 2.7; expected Python 3.11 or later. ${remedy}`,
    ));
  await scene({ python3: { version: "3.9" }, python: { version: "3.12" } }, async ({ ensure, calls }) => {
    await ensure();
    assert.deepEqual((await calls()).slice(0, 3), [
      "python3 -c",
      "python -c",
      "python -m venv --clear ROOT/.venv",
    ]);
  });
});

Deno.test("a Python without venv says which package is missing", async () => {
  for (const noVenv of ["... because ensurepip is not available", "python3: No module named venv"]) {
    await scene({ python3: { version: "3.11", noVenv } }, ({ root, ensure }) =>
      refused(
        ensure(),
        `Cannot make the virtual environment "${root}/.venv": this Python has no venv module; expected a Python ` +
          "that can run `python3 -m venv`. Install it (Debian, Ubuntu: apt-get install python3-venv).",
      ));
  }
});

Deno.test("another reason for which there is no environment is passed on", async () => {
  await scene({ python3: { version: "3.11", noVenv: "No space left on device" } }, async ({ ensure }) => {
    await assert.rejects(ensure(), /: No space left on device; expected/);
  });
});

Deno.test("packages that can't be had: pip's reason, and no stamp, so that the next call tries again", async () => {
  const python = { version: "3.11", noPackages: "ERROR: No matching distribution" };
  await scene({ python3: python }, async ({ ensure, calls }) => {
    for (let turn = 0; turn < 2; turn++) {
      await refused(
        ensure(),
        'Cannot install "requirements.txt": ERROR: No matching distribution; expected the pinned packages from ' +
          "your Python package index. Check the network or your pip configuration and try again.",
      );
      assert.equal((await calls()).filter((call) => call.includes(" pip ")).length, 1);
    }
  });
});

Deno.test("Jupyter reads and writes nothing outside the project", async () => {
  await scene({ python3: { version: "3.11" } }, async ({ root, ensure }) => {
    const { env } = await ensure();
    for (const [name, value] of Object.entries(env)) {
      if (/DIR$|_PATH$/.test(name)) assert.ok(value.startsWith(root), `${name}=${value}`);
    }
    assert.equal(env["JUPYTER_PATH"], root);
    assert.equal(env["PATH"]!.split(":")[0], join(root, ".venv", "bin"));
  });
});

Deno.test("a jupyter command that fails is told with its last line", async () => {
  const program = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(program, '#!/bin/sh\n[ "$KEY" = set ] || exit 0\necho reason >&2\nexit 3\n');
    await Deno.chmod(program, 0o755);
    await runJupyter({ program, env: {} }, ["nbconvert", "x.ipynb"], "render");
    await assert.rejects(
      runJupyter({ program, env: { KEY: "set" } }, ["nbconvert", "x.ipynb"], "render"),
      /^StepError: Cannot render "x\.ipynb": jupyter failed: reason\.$/,
    );
  } finally {
    await Deno.remove(program);
  }
});
