import assert from "node:assert/strict";
import { launchPlan } from "../../../lib/deploy/instances/launch_plan.ts";
import { planned } from "../scene.ts";
import { type Changes, launched } from "./launch_scene.ts";

const scriptOf = (changes: Changes = {}) => launchPlan(launched(changes), planned).script((value) => value);

/** Whether bash can read it; it is not run. */
async function complaints(script: string): Promise<string> {
  const path = await Deno.makeTempFile({ suffix: ".sh" });
  await Deno.writeTextFile(path, script);
  const { stderr } = await new Deno.Command("bash", { args: ["-n", path] }).output();
  await Deno.remove(path);
  return new TextDecoder().decode(stderr);
}

/** Runs the script with programs that only note how they were called, in a folder of its own; paths of the system lead there. */
async function played(script: string, programs: Record<string, string> = {}) {
  const folder = await Deno.makeTempDir();
  const notes = `${folder}/notes`;
  const fake = {
    systemctl: "",
    // A program that ends before it has read all is a broken pipe to the one before it.
    docker: '[ "$1" = login ] && cat > /dev/null; echo true',
    curl: "",
    aws: "echo token-of-the-parameter",
    sleep: "",
    shutdown: "",
    ...programs,
  };
  await Deno.mkdir(`${folder}/bin`);
  for (const [name, body] of Object.entries(fake)) {
    const text =
      `#!/bin/bash\nprintf '%s\\x1f' ${name} "$@" >> ${notes}; printf '\\n' >> ${notes}\n${body}\n`;
    await Deno.writeTextFile(`${folder}/bin/${name}`, text, { mode: 0o755 });
  }
  await Deno.mkdir(`${folder}/etc/systemd/system`, { recursive: true });
  const moved = script.replaceAll("/etc/systemd/", `${folder}/etc/systemd/`).replaceAll(
    "/opt/",
    `${folder}/opt/`,
  )
    .replaceAll("/dev/console", `${folder}/console`);
  await Deno.writeTextFile(`${folder}/script`, moved);
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: [`${folder}/script`],
    clearEnv: true,
    env: { PATH: `${folder}/bin:/usr/bin:/bin`, HF_TOKEN: "" },
  }).output();
  const calls = (await Deno.readTextFile(notes)).split("\n").map((line) => line.split("\x1f").slice(0, -1))
    .filter((words) => words.length > 0);
  const [out, err] = [new TextDecoder().decode(stdout), new TextDecoder().decode(stderr)];
  return { code, out, err, calls, folder, read: (path: string) => Deno.readTextFile(`${folder}${path}`) };
}

Deno.test("bash can read the script of every kind of start", async () => {
  const nasty = 'a\'b "c" $(reboot) `reboot` \\ \n; reboot & é';
  const scripts = [
    scriptOf(),
    scriptOf({ own: { instance_type: "g5.12xlarge" }, container: { model_copies: 4, balancer: "nginx" } }),
    scriptOf({ own: { instance_type: "g5.12xlarge" }, container: { model_copies: "max" } }),
    scriptOf({
      own: { instance_type: "m7i.4xlarge" },
      container: { type: "ollama", tp_degree: null },
      deployment: { image_uri: null },
    }),
    scriptOf({ launch: { user_data: nasty } }),
    scriptOf({ own: { name: nasty }, deployment: { env: { NASTY: nasty } } }),
    scriptOf({ launch: { hf_token_parameter: "/it's/mine", instance_profile: "p" } }),
  ];
  assert.deepEqual(await Promise.all(scripts.map(complaints)), scripts.map(() => ""));
  assert.match(await complaints("if then"), /syntax error/);
});

Deno.test("played, it sets the timer first, then pulls, starts, waits, and says that it is done", async () => {
  const { code, out, err, calls, read } = await played(scriptOf({
    own: { instance_type: "g5.12xlarge" },
    container: { model_copies: 2, balancer: "nginx" },
  }));
  assert.deepEqual([code, err], [0, ""]);
  assert.match(
    await read("/etc/systemd/system/fmbench-expiry.timer"),
    /^OnCalendar=2026-11-23 10:00:00 UTC$/m,
  );
  assert.match(
    await read("/etc/systemd/system/fmbench-expiry.service"),
    /^ExecStart=\/usr\/sbin\/shutdown -h now$/m,
  );
  assert.match(await read("/opt/fmbench/files/nginx.conf"), /least_conn/);
  const image = "docker.io/vllm/vllm-openai:v0.9.1";
  assert.deepEqual(calls.map((words) => words.slice(0, words[1] === "run" ? 5 : 4).join(" ")), [
    "systemctl daemon-reload",
    "systemctl enable --now fmbench-expiry.timer",
    "systemctl enable --now docker",
    "docker info",
    "docker info",
    `docker pull --quiet ${image}`,
    "docker pull --quiet docker.io/library/nginx:1.28.0-alpine",
    "docker run --detach --name fmbench-llama-8b-1a2b3c-1",
    "docker run --detach --name fmbench-llama-8b-1a2b3c-2",
    "curl --fail --silent --show-error",
    "curl --fail --silent --show-error",
    "docker run --detach --name fmbench-llama-8b-1a2b3c-nginx",
  ]);
  assert.deepEqual(calls.filter(([name]) => name === "curl").map((words) => words.at(-1)), [
    "http://127.0.0.1:8081/health",
    "http://127.0.0.1:8082/health",
  ]);
  assert.equal(out.trimEnd().split("\n").at(-1), "fmbench-start: done");
});

Deno.test("arguments and environment reach docker as they stand in the config", async () => {
  const nasty = `it's "$HOME" $(reboot) \`x\` \\ ; &`;
  const { code, calls } = await played(scriptOf({
    deployment: { env: { NASTY: nasty } },
    container: { cli_params: "--chat-template '{{ a }} $b'" },
  }));
  assert.equal(code, 0);
  const run = calls.find(([name, verb]) => name === "docker" && verb === "run")!;
  assert.ok(run.includes(`NASTY=${nasty}`), String(run));
  assert.ok(run.includes("{{ a }} $b"), String(run));
});

Deno.test("the token of the Hub is read by the instance, given to docker by name, and is in no file", async () => {
  const script = scriptOf({ launch: { hf_token_parameter: "/hf/token", instance_profile: "p" } });
  const noting = {
    docker: 'echo "env: $HF_TOKEN $HUGGING_FACE_HUB_TOKEN" >> "$(dirname "$0")/../seen"; echo true',
  };
  const { code, out, calls, read } = await played(script, noting);
  assert.equal(code, 0);
  const run = calls.find(([name, verb]) => name === "docker" && verb === "run")!;
  assert.ok(run.includes("HF_TOKEN") && run.includes("HUGGING_FACE_HUB_TOKEN"), String(run));
  assert.match(await read("/seen"), /env: token-of-the-parameter token-of-the-parameter/);
  assert.ok(!JSON.stringify([calls, out, script, await read("/console")]).includes("token-of-the-parameter"));
});

Deno.test("a registry of Amazon's is logged in to by the role, in its own region", async () => {
  const { code, calls } = await played(scriptOf({
    launch: { instance_profile: "p" },
    deployment: { image_uri: "763104351884.dkr.ecr.us-west-2.amazonaws.com/vllm:0.9" },
  }));
  assert.equal(code, 0);
  assert.ok(calls.some((words) => words.join(" ") === "aws ecr get-login-password --region us-west-2"));
  assert.ok(calls.some((words) =>
    words.join(" ") ===
      "docker login --username AWS --password-stdin 763104351884.dkr.ecr.us-west-2.amazonaws.com"
  ));
});

Deno.test("what fails is said on the console, with the last lines of the container, and ends the script", async () => {
  const dead = {
    curl: "exit 7",
    docker: 'case "$1" in inspect) echo false;; logs) echo "CUDA out of memory";; esac',
  };
  const { code, out, read } = await played(scriptOf(), dead);
  assert.equal(code, 1);
  const ended = "fmbench-start: failed: fmbench-llama-8b-1a2b3c-1 has ended";
  assert.deepEqual(out.trimEnd().split("\n").slice(-2), ["CUDA out of memory", ended]);
  // A file in place of the device holds what came last.
  assert.equal((await read("/console")).trimEnd(), ended);
});

Deno.test("an image that can't be pulled is tried three times, then said", async () => {
  const { code, calls, out } = await played(scriptOf(), { docker: '[ "$1" != pull ]' });
  assert.equal(code, 1);
  assert.equal(calls.filter(([, verb]) => verb === "pull").length, 3);
  assert.match(
    out,
    /fmbench-start: failed: the image docker\.io\/vllm\/vllm-openai:v0\.9\.1 can't be pulled/,
  );
});

Deno.test("without its timer an instance ends at once: nobody would", async () => {
  const { code, calls } = await played(scriptOf(), { systemctl: '[ "$1" = daemon-reload ]' });
  assert.equal(code, 1);
  assert.deepEqual(calls.at(-1), ["shutdown", "-h", "now"]);
});

Deno.test("a model that is pulled within the container is there before it says that it is done", async () => {
  const { code, calls } = await played(scriptOf({
    own: { instance_type: "m7i.4xlarge", model_id: "llama3:8b" },
    container: { type: "ollama", tp_degree: null },
    deployment: { image_uri: null },
  }));
  assert.equal(code, 0);
  assert.deepEqual(
    calls.slice(-2).map((words) => [...words.slice(1, 2), ...words.slice(3)].join(" ").trim()),
    [
      "exec ollama pull llama3:8b",
      "exec ollama run llama3:8b",
    ],
  );
});

Deno.test("a script of one's own runs behind the timer, by its own interpreter, and its failure is said", async () => {
  const own = (user_data: string) => scriptOf({ launch: { user_data, port: 8080 } });
  const fine = await played(own("#!/usr/bin/env python3\nprint('it is ' + 'python')"));
  assert.deepEqual([fine.code, fine.out], [0, "it is python\nfmbench-start: done\n"]);
  assert.deepEqual(fine.calls.map(([name]) => name), ["systemctl", "systemctl"]);
  const failing = await played(own("exit 3"));
  assert.equal(failing.code, 1);
  assert.match(failing.out, /fmbench-start: failed: ec2\.launch\.user_data ended with an error/);
});
