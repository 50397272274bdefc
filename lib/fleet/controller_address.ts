/** Where the controller listens for its workers, and what they are told. */

import { UserError } from "../core/mod.ts";

export interface ListenAddress {
  readonly hostname: string;
  readonly port: number;
}

/** Reads `host:port`; without a port any free one. @throws {UserError} for anything else */
export function listenAddress(text: string): ListenAddress {
  const url = URL.parse(`tcp://${text}`);
  const port = Number(url?.port || "0");
  if (url !== null && url.hostname !== "" && url.pathname === "" && Number.isInteger(port)) {
    return { hostname: url.hostname.replace(/^\[|\]$/g, ""), port };
  }
  throw new UserError({
    action: "listen for workers at",
    thing: text,
    found: "it is no address of this machine",
    expected: "host:port, such as 0.0.0.0:0",
    remedy: "Set load.fleet.listen.",
  });
}

/**
 * What workers connect to.
 *
 * @param advertise host, or `host:port`; null: this machine's address on the way to the engine
 * @param engine `host` and `port` of the engine; null: nobody knows it
 * @param port where the controller listens
 */
export async function controllerUrl(
  advertise: string | null,
  engine: ListenAddress | null,
  port: number,
): Promise<string> {
  if (advertise !== null) return `ws://${/:\d+$/.test(advertise) ? advertise : `${advertise}:${port}`}`;
  return `ws://${await addressTowards(engine)}:${port}`;
}

async function addressTowards(engine: ListenAddress | null): Promise<string> {
  if (engine === null) throw unknown("the engine's own address is not known here");
  try {
    using connection = await Deno.connect(engine);
    const { hostname } = connection.localAddr as Deno.NetAddr;
    return hostname.includes(":") ? `[${hostname}]` : hostname;
  } catch (error) {
    throw unknown(error instanceof Error ? error.message : String(error));
  }
}

function unknown(found: string): UserError {
  return new UserError({
    action: "tell workers the address of",
    thing: "this machine",
    found,
    remedy:
      "Set load.fleet.advertise to the host name or address under which the workers' machines reach it.",
  });
}
