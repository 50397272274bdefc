/** User data: the script that an instance runs when it starts for the first time. It holds no secret. */

import { posix } from "node:path";
import {
  commandOf,
  type ContainerRun,
  type ContainersPlan,
  ecrRegistry,
} from "../containers/containers_plan.ts";
import { shellCommand, shellQuote } from "../shell_quote.ts";

/** What is started on the instance. */
export interface Startup {
  readonly run_id: string;
  readonly experiment: string;
  readonly region: string;
  /** UTC, ISO 8601, without a fraction: when the instance ends itself. */
  readonly expires_at: string;
  /** Containers, or the user's own script. */
  readonly start: { readonly containers: ContainersPlan } | { readonly script: string };
  /** SSM parameter with the token for the Hugging Face Hub; null: none. */
  readonly hf_token_parameter: string | null;
  /** How long the copies may take to be healthy, in seconds. */
  readonly ready_timeout_s: number;
}

/** How the lines begin that the script writes to the console of the instance, where `ec2:GetConsoleOutput` shows them. */
export const consoleMark = "fmbench-start:";

/** Folder of the instance for our files. */
export const hostFolder = "/opt/fmbench";
const filesFolder = `${hostFolder}/files`;
const cacheFolder = `${hostFolder}/cache`;

/**
 * The script.
 *
 * @param expand puts values for `${NAME}` into a value of a container's environment; a plan leaves them as they are
 */
export function userData(startup: Startup, expand: (value: string) => string): string {
  const { start, run_id, experiment } = startup;
  const body = "script" in start
    ? ownScript(start.script)
    : containerScript(startup, start.containers, expand);
  return [
    "#!/bin/bash",
    comment(`Written by fmbench for run ${run_id}, experiment ${experiment}.`),
    "set -uo pipefail",
    reporting,
    belt(startup.expires_at),
    `mkdir -p ${filesFolder} || fail ${shellQuote(`${filesFolder} can't be made`)}`,
    body,
    `say done`,
    "",
  ].join("\n");
}

const comment = (text: string) => `# ${text.replace(/[^\x20-\x7e]+/g, " ")}`;

const reporting = `say() { echo "${consoleMark} $*" | tee /dev/console; }
fail() { say "failed: $*"; exit 1; }`;

/** The timer that ends the instance, and with it all that it costs, when nobody else does. */
function belt(expires_at: string): string {
  const when = expires_at.replace("T", " ").replace("Z", " UTC");
  const service = "[Unit]\nDescription=End of the instance when the time of its run is over\n" +
    "[Service]\nType=oneshot\nExecStart=/usr/sbin/shutdown -h now\n";
  const timer = "[Unit]\nDescription=When the time of the run is over\n" +
    `[Timer]\nOnCalendar=${when}\nAccuracySec=1s\nPersistent=true\n[Install]\nWantedBy=timers.target\n`;
  const units = "/etc/systemd/system/fmbench-expiry";
  return [
    written(`${units}.service`, service),
    written(`${units}.timer`, timer),
    "systemctl daemon-reload",
    'systemctl enable --now fmbench-expiry.timer || { say "failed: the timer that ends it is not set"; shutdown -h now; exit 1; }',
  ].join("\n");
}

function written(path: string, content: string, mode?: number): string {
  const file = shellQuote(path);
  const write = `printf %s ${shellQuote(content)} > ${file} || fail ${
    shellQuote(`${path} can't be written`)
  }`;
  return mode === undefined ? write : `${write}\nchmod ${mode.toString(8).padStart(4, "0")} ${file}`;
}

function ownScript(script: string): string {
  const path = `${hostFolder}/start`;
  const text = script.startsWith("#!") ? script : `#!/bin/bash\n${script}`;
  return `${written(path, text, 0o700)}\n${path} || fail 'ec2.launch.user_data ended with an error'`;
}

function containerScript(startup: Startup, plan: ContainersPlan, expand: (value: string) => string): string {
  const { region, hf_token_parameter, ready_timeout_s } = startup;
  const all = [...plan.copies, ...(plan.balancer === null ? [] : [plan.balancer])];
  const registries = new Map(
    plan.images.map(({ image }) => ecrRegistry(image)).filter((each) => each !== null)
      .map(({ registry, region }) => [registry, region]),
  );
  return [
    docker,
    ...plan.files.map(({ path, content, mode }) => fileOf(path, content, mode)),
    // Instances with disks of their own have them there, by the image: faster and larger than the volume.
    `if [ -d /opt/dlami/nvme ]; then mkdir -p /opt/dlami/nvme/fmbench && ln -sfn /opt/dlami/nvme/fmbench ${cacheFolder}; else mkdir -p ${cacheFolder}; fi`,
    ...(hf_token_parameter === null ? [] : [hubToken(region, hf_token_parameter)]),
    ...[...registries].map(([registry, region]) => login(registry, region)),
    pulling,
    ...[...new Set(all.map(({ image }) => image))].map((image) => shellCommand(["pull", image])),
    starting,
    waiting(ready_timeout_s),
    ...plan.copies.map((run) => starts(run, expand)),
    ...plan.copies.map((run, at) => healthy(run, plan.urls[at]!)),
    ...plan.copies.flatMap(({ name, prepare }) =>
      prepare.map((command) =>
        `${shellCommand(["docker", "exec", name, ...command])} || { tail_of ${shellQuote(name)}; fail ${
          shellQuote(`${name}: ${command.join(" ")}`)
        }; }`
      )
    ),
    ...(plan.balancer === null ? [] : [starts(plan.balancer, expand)]),
  ].join("\n");
}

const docker = `if ! command -v docker > /dev/null; then
  if command -v dnf > /dev/null; then dnf install -y docker; else apt-get update && apt-get install -y docker.io; fi ||
    fail 'docker can not be installed'
fi
systemctl enable --now docker
for _ in $(seq 30); do docker info > /dev/null 2>&1 && break; sleep 2; done
docker info > /dev/null || fail 'docker does not start'`;

function fileOf(path: string, content: string, mode?: number): string {
  const whole = posix.join(filesFolder, path);
  if (!whole.startsWith(`${filesFolder}/`)) throw new RangeError(`${path} leads out of the folder for files`);
  return `mkdir -p ${shellQuote(posix.dirname(whole))}\n${written(whole, content, mode)}`;
}

/** Read by the role of the instance; it stands in variables of this script and in no file. */
function hubToken(region: string, parameter: string): string {
  const command = shellCommand([
    ...["aws", "ssm", "get-parameter", "--region", region, "--with-decryption", "--name", parameter],
    ...["--query", "Parameter.Value", "--output", "text"],
  ]);
  const why = shellQuote(`the role of the instance can't read the SSM parameter ${parameter}`);
  return `HF_TOKEN=$(${command}) || fail ${why}\nHUGGING_FACE_HUB_TOKEN=$HF_TOKEN\nexport HF_TOKEN HUGGING_FACE_HUB_TOKEN`;
}

function login(registry: string, region: string): string {
  const password = shellCommand(["aws", "ecr", "get-login-password", "--region", region]);
  const to = shellCommand(["docker", "login", "--username", "AWS", "--password-stdin", registry]);
  return `${password} | ${to} > /dev/null || fail ${
    shellQuote(`the role of the instance can't log in at ${registry}`)
  }`;
}

const pulling = `pull() {
  say "pulls $1"
  for _ in 1 2 3; do docker pull --quiet "$1" && return; sleep 10; done
  fail "the image $1 can't be pulled"
}`;

const starting = `tail_of() { docker logs --tail 40 "$1" 2>&1 | tee /dev/console; }`;

function waiting(ready_timeout_s: number): string {
  return `ends=$(($(date +%s) + ${Math.ceil(ready_timeout_s)}))
healthy() {
  until curl --fail --silent --show-error --max-time 10 --output /dev/null "$2"; do
    [ "$(docker inspect --format '{{.State.Running}}' "$1")" = true ] || { tail_of "$1"; fail "$1 has ended"; }
    [ "$(date +%s)" -lt "$ends" ] || { tail_of "$1"; fail "$1 is not healthy in time"; }
    sleep 2
  done
  say "$1 is healthy"
}`;
}

function starts(run: ContainerRun, expand: (value: string) => string): string {
  const cache = run.cache === null ? null : `${cacheFolder}/${run.cache.kind}`;
  const command = shellCommand(commandOf(run, "docker", filesFolder, cache));
  // What refers to our environment is passed by name: only this one command has it in its own.
  const referring = Object.entries(run.env).filter(([name, value]) =>
    refers(value) && !hubTokenNames.has(name)
  );
  const values = referring.map(([name, value]) => `export ${name}=${shellQuote(expand(value))}; `).join("");
  const start = values === "" ? command : `(${values}${command})`;
  return [
    ...(cache === null ? [] : [`mkdir -p ${cache}`]),
    `${start} || fail ${shellQuote(`${run.name} does not start`)}`,
  ].join("\n");
}

/** Variables that have the token for the Hugging Face Hub: the script reads it itself. */
export const hubTokenNames: ReadonlySet<string> = new Set(["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"]);

/** Whether a value refers to a variable of our environment. */
export const refers = (value: string) => /\$\{[A-Za-z_]\w*\}/.test(value);

function healthy(run: ContainerRun, url: string): string {
  const { port } = new URL(url);
  return shellCommand(["healthy", run.name, `http://127.0.0.1:${port}${run.health_path}`]);
}
