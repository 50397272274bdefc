/** The password by which an engine pulls from Amazon ECR. It lies in no file that outlives the pull, and in no argument. */

import { join } from "node:path";
import { type ControlOptions, ecrControl } from "../../../aws/mod.ts";
import { messageOf, redact, UserError } from "../../../core/mod.ts";
import { ecrRegistry } from "../image.ts";
import { type Engine, type EngineName, lastLine } from "./engine.ts";

/** Where a client finds what `login` left, and where the image is. */
export interface Login extends AsyncDisposable {
  /** Options of the client, before its command (docker) or behind it (podman). */
  readonly before: readonly string[];
  readonly behind: readonly string[];
  /** What the client's environment has besides. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Logs in where the image is. The user's own logins are neither used nor changed.
 *
 * @throws {UserError} if there are no credentials, or they may not pull
 */
export async function ecrLogin(
  engine: Engine,
  image: string,
  options: ControlOptions = {},
  signal?: AbortSignal,
): Promise<Login> {
  const place = ecrRegistry(image);
  if (place === null) throw new TypeError(`${image} is not in ECR`);
  const { registry, region } = place;
  const password = await passwordOf(registry, { region, ...options });
  const folder = await Deno.makeTempDir({ prefix: "fmbench-login-" });
  const login: Login = {
    ...placeOf(engine.name, folder),
    env: await socketOf(engine),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
  try {
    // An entry that is there keeps docker from a helper of the system, which would hold on to the password.
    await Deno.writeTextFile(join(folder, "config.json"), JSON.stringify({ auths: { [registry]: {} } }), {
      mode: 0o600,
    });
    const args = [
      ...login.before,
      "login",
      ...login.behind,
      "--username",
      "AWS",
      "--password-stdin",
      registry,
    ];
    const { code, stderr } = await engine.run(args, {
      env: login.env,
      stdin: password,
      ...(signal === undefined ? {} : { signal }),
    });
    signal?.throwIfAborted();
    if (code === 0) return login;
    throw refusal(registry, redact(lastLine(stderr) ?? `${engine.name} ended with code ${code}`, [password]));
  } catch (error) {
    await login[Symbol.asyncDispose]();
    throw error;
  }
}

function placeOf(name: EngineName, folder: string): Pick<Login, "before" | "behind"> {
  return name === "docker"
    ? { before: ["--config", folder], behind: [] }
    : { before: [], behind: ["--authfile", join(folder, "config.json")] };
}

/** With a folder of its own docker forgets which context the user has chosen. */
async function socketOf(engine: Engine): Promise<Readonly<Record<string, string>>> {
  if (engine.name === "podman" || engine.host !== null) return {};
  const { code, stdout } = await engine.run([
    "context",
    "inspect",
    "--format",
    "{{.Endpoints.docker.Host}}",
  ]);
  return code === 0 && stdout.trim() !== "" ? { DOCKER_HOST: stdout.trim() } : {};
}

async function passwordOf(registry: string, options: ControlOptions): Promise<string> {
  const { client, sdk } = await ecrControl(options);
  try {
    const { authorizationData } = await client.send(new sdk.GetAuthorizationTokenCommand({}));
    const token = atob(authorizationData?.[0]?.authorizationToken ?? "");
    const password = token.slice(token.indexOf(":") + 1);
    if (password !== "") return password;
    throw refusal(registry, "ECR gave no token");
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw refusal(registry, redact(messageOf(error)), error);
  } finally {
    client.destroy();
  }
}

function refusal(registry: string, found: string, cause?: unknown): UserError {
  return new UserError({
    action: "log in at the registry",
    thing: registry,
    found,
    expected: "AWS credentials that may call ecr:GetAuthorizationToken and pull from it",
    remedy: "Renew or set them (aws sso login, AWS_PROFILE), or pull the image beforehand.",
  }, { cause });
}
