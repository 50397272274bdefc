/**
 * A deployment script of one's own: starts `chat_server.ts` on a free port of this machine, and ends it. In its place could stand any
 * command, SDK or API. `docs/deploy/own_script.md` tells the rest.
 */

import { fileURLToPath } from "node:url";
import type {
  OwnContext,
  OwnDeployContext,
  OwnDeployed,
  OwnExperiment,
  OwnResource,
} from "lib/deploy/own/own_script.ts";

export async function deploy(
  { name, model_id }: OwnExperiment,
  { tags, created, log, signal }: OwnDeployContext,
): Promise<OwnDeployed> {
  const port = freePort();
  const nonce = tags["fmbench:nonce"]!;
  // Told before it is there: whatever happens from now on, `remove` can find it.
  await created({ kind: "server", name, id: null, port });
  const server = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--allow-net=127.0.0.1",
      fileURLToPath(new URL("./chat_server.ts", import.meta.url)),
      JSON.stringify({ model: model_id, nonce, port }),
    ],
    stdin: "null",
    stdout: "null",
    stderr: "null",
    // It outlives this process, which ends with `deploy`.
    detached: true,
  }).spawn();
  server.unref();
  await created({ kind: "server", name, id: server.pid, port });
  while (await nonceAt(port) !== nonce) {
    signal.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  log(`process ${server.pid} answers at port ${port}`);
  return { url: `http://127.0.0.1:${port}/v1` };
}

export async function remove(
  { port }: OwnResource,
  { tags, signal }: OwnContext,
): Promise<"removed" | "already gone"> {
  const nonce = tags["fmbench:nonce"]!;
  // Whatever listens there now and is not ours is left alone; one that was started a moment ago may still come.
  for (let tries = 0; await nonceAt(Number(port)) !== nonce; tries++) {
    if (port === undefined || tries === 10) return "already gone";
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const answer = await fetch(`http://127.0.0.1:${port}/end`, {
    method: "POST",
    headers: { "x-nonce": nonce },
  });
  await answer.body?.cancel();
  while (await nonceAt(Number(port)) === nonce) {
    signal.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return "removed";
}

/** What the server at a port of this machine was started with; null: there is none of ours. */
async function nonceAt(port: number): Promise<string | null> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(2000) });
    return (await answer.json()).nonce ?? null;
  } catch {
    return null;
  }
}

function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}
