import assert from "node:assert/strict";
import { join } from "node:path";
import { projectRoot } from "../../lib/pipeline/project.ts";
import { listConfigs, shippedConfigs } from "../../lib/pipeline/shipped_configs.ts";

Deno.test("every shipped config is listed once, with a purpose and models, and what is no config is not", async () => {
  const configs = await shippedConfigs();
  const paths = configs.map(({ path }) => path);
  assert.equal(new Set(paths).size, paths.length);
  assert.ok(paths.includes("configs/demo.yml"));
  for (const none of ["configs/pricing.yml", "configs/base/trading_post_qa.yml"]) {
    assert.ok(!paths.includes(none), none);
  }
  for (const { path, purpose, models } of configs) {
    assert.ok(purpose.length > 20 && !purpose.includes("$schema"), `${path} does not say what it is for`);
    assert.ok(models.length > 0, path);
    assert.ok((await Deno.stat(join(projectRoot, path))).isFile);
  }
});

Deno.test("a config's platform is its folder, or what its endpoints are", async () => {
  const platforms = new Map((await shippedConfigs()).map(({ path, platform }) => [path, platform]));
  assert.equal(platforms.get("configs/bedrock/nova.yml"), "bedrock");
  assert.equal(platforms.get("configs/demo.yml"), "embedded");
  assert.equal(platforms.get("configs/own-endpoint.yml"), "openai");
});

Deno.test("the list goes by platform, and can be narrowed by platform, model and instance type", async () => {
  const all = await listConfigs();
  const heads = all.split("\n").filter((line) => /^\S/.test(line));
  assert.deepEqual(heads, heads.toSorted());
  for (const platform of ["bedrock", "ec2", "eks", "embedded", "openai", "sagemaker"]) {
    assert.ok(heads.includes(platform), platform);
  }
  assert.match(
    await listConfigs({ platform: "eks" }),
    /^eks\n {2}configs\/eks\/ray-mistral\.yml {2}\S.*\n +\S.*on inf2\.24xlarge\n {2}configs\/eks\/vllm\.yml/,
  );
  const claude = await listConfigs({ model: "Claude" });
  assert.ok(claude.includes("configs/bedrock/claude.yml") && !claude.includes("configs/bedrock/nova.yml"));
  assert.match(
    await listConfigs({ instance: "trn1", platform: "ec2" }),
    /^ec2\n {2}configs\/ec2\/triton-neuron\.yml /,
  );
  assert.match(await listConfigs({ model: "no such model" }), /^No shipped config/);
});
