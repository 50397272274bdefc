/** Tests against what stands for an AWS account, and what they have in common. */

import assert from "node:assert/strict";
import { UserError } from "../../../lib/core/mod.ts";
import { owed, record } from "../../../lib/deploy/ledger.ts";
import type { Deployer } from "../../../lib/deploy/mod.ts";
import { type Cloud, cloudAvailable, withCloud } from "../../aws/local_cloud.ts";

type Body = (cloud: Cloud) => Promise<void>;

/** Cases that share a server, which forgets everything between them: it takes seconds to start. */
export function cloudCases(title: string, service = "EC2"): { add(name: string, body: Body): void } {
  const cases: [string, Body][] = [];
  Deno.test({
    name: `moto's ${service}: ${title}`,
    ignore: !cloudAvailable,
    // The SDK keeps connections and timers of its own.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: (test) =>
      withCloud(async (cloud) => {
        for (const [name, body] of cases) {
          await cloud.clearFaults();
          await (await fetch(`${cloud.url}/moto-api/reset`, { method: "POST" })).body?.cancel();
          const options = { name, sanitizeOps: false, sanitizeResources: false };
          await test.step({ ...options, fn: () => body(cloud) });
        }
      }),
  });
  return { add: (name, body) => void cases.push([name, body]) };
}

/** Removes all that the ledger owes, youngest first, as the runner does. @returns how each went */
export async function cleanUp(run: string, target: Deployer): Promise<string[]> {
  const outcomes: string[] = [];
  const failures: unknown[] = [];
  for (const resource of owed(run).reverse()) {
    try {
      outcomes.push(await target.remove(resource, { run_dir: run, env: {}, log() {} }));
      record(run, "deleted", resource);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return outcomes;
}

/** A failure that a user can act on, and what it says. */
export function failing(message: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof UserError, String(error));
    assert.match(error.message, message);
    return true;
  };
}
