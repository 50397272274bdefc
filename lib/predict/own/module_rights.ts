/** What a process may do that a user's module runs in, and what it is told of the environment: the same wherever one runs. */

import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { type Endpoint, protocolFacts, runtimeVariables, UserError } from "../../core/mod.ts";
import { originOf, proxiesFrom, proxyVariables } from "../../transport/mod.ts";
import { headerVariables } from "../request_headers.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** The absolute path of the user's module that an endpoint is asked through; null: a protocol of ours is spoken. */
export function ownModuleOf({ predictor, options }: Pick<Endpoint, "predictor" | "options">): string | null {
  return protocolFacts(predictor) === null ? options?.module ?? null : null;
}

/**
 * Arguments of `deno run`: it reaches the hosts, reads the module's folder and what is below it, and finds the packages that the project
 * has. Nothing else: no write, no program, no native code, no prompt, and nothing is fetched.
 *
 * @param hosts from `reachableHosts`
 * @param folders further ones to be read, relative to its working folder
 * @throws {UserError} if the module lies where no right can name it
 */
export function moduleRights(
  module: string,
  hosts: readonly string[],
  folders: readonly string[] = [],
): string[] {
  if (module.includes(",")) {
    throw new UserError({
      action: "run the module",
      thing: module,
      found: "its path has a comma, which can't be written in a list of rights",
      remedy: "Move it to another folder.",
    });
  }
  return [
    "--no-prompt",
    projectConfig,
    ...netRight(hosts),
    `--allow-read=${[...folders, dirname(module)].join(",")}`,
    // A module, and the clients it imports, look for names that nobody knows; what there is was chosen by `givenVariables`.
    "--allow-env",
    "--cached-only",
    "--deny-import",
  ];
}

/** Where imports by name lead. */
export const projectConfig = `--config=${fileURLToPath(new URL("../../../deno.json", import.meta.url))}`;

/** None, when there is nobody to reach. */
export function netRight(hosts: readonly string[]): string[] {
  return hosts.length === 0 ? [] : [`--allow-net=${hosts.join(",")}`];
}

/** What a process is given of the environment: what the runtime needs, proxies, and API keys by name; nothing else goes along. */
export function givenVariables(env: Environment, keys: Iterable<string>): Record<string, string> {
  const given = [...runtimeVariables, ...proxyVariables, ...keys].flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return { ...Object.fromEntries(given), NO_COLOR: "1" };
}

/** The variables of the environment that an endpoint's predictor may read: its key, and what its headers name. */
export function endpointVariables(
  { api_key_env, options }: Pick<Endpoint, "api_key_env" | "options">,
): string[] {
  return [...(api_key_env === null ? [] : [api_key_env]), ...headerVariables(options?.headers)];
}

/**
 * Entries of `--allow-net`: the URLs' hosts or their proxies, and the addresses that names stand for now, so that the look-up can be
 * timed apart from the connection.
 *
 * @param env where proxies are looked up
 */
export async function reachableHosts(urls: Iterable<string>, env: Environment = {}): Promise<string[]> {
  const hosts = new Set<string>();
  const proxyFor = proxiesFrom(env);
  for (const url of new Set(urls)) {
    const { origin } = originOf(url);
    const { hostname, port } = proxyFor(origin) ?? origin;
    const add = (address: string) =>
      hosts.add(address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`);
    if (isIP(hostname)) {
      add(hostname);
      continue;
    }
    hosts.add(hostname);
    const found = await lookup(hostname, { all: true }).catch(() => []);
    for (const { address } of found) add(address);
  }
  return [...hosts];
}
