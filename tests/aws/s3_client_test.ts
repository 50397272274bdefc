import assert from "node:assert/strict";
import { projectRoot } from "../../lib/pipeline/project.ts";

interface Info {
  roots: string[];
  modules: {
    specifier: string;
    dependencies?: { specifier: string; isDynamic?: boolean; code?: { specifier?: string } }[];
  }[];
}

Deno.test("nothing of the AWS SDK is loaded before a bucket or an AWS service is used", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "lib/cli.ts"],
    cwd: projectRoot,
  }).output();
  const { roots, modules } = JSON.parse(new TextDecoder().decode(stdout)) as Info;
  const byName = new Map(modules.map((module) => [module.specifier, module]));
  const dynamic: string[] = [];
  const loaded = new Set<string>();
  const waiting = [...roots];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (loaded.has(name)) continue;
    loaded.add(name);
    for (const { specifier, isDynamic, code } of byName.get(name)?.dependencies ?? []) {
      if (isDynamic) dynamic.push(specifier);
      else if (code?.specifier !== undefined) waiting.push(code.specifier);
    }
  }
  assert.ok([...loaded].some((name) => name.endsWith("/lib/aws/s3_client.ts")), "the client's own module is");
  assert.deepEqual([...loaded].filter((name) => /@(aws-sdk|smithy)/.test(name)), []);
  assert.ok(dynamic.includes("@aws-sdk/client-s3"));
});
