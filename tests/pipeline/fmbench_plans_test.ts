/**
 * What a dry run says of all of FMBench's configs: a plan for every experiment, or what to change. Which plan, and which refusal, is asserted
 * target by target in `fmbench_plans_test.ts` below `tests/deploy/`; those that do not load, in `tests/config/fmbench_configs_test.ts`.
 */

import assert from "node:assert/strict";
import { ConfigError } from "../../lib/config/mod.ts";
import { deploymentPlans, deploymentWords } from "../../lib/pipeline/deployment_plans.ts";
import { fmbenchAtHand, withFmbenchConfigs } from "../config/fmbench_folder.ts";

Deno.test({
  name: "all 87 configs of FMBench get a plan, a refusal or a fault each, and a plan says what costs what",
  ignore: !fmbenchAtHand,
  fn: () =>
    withFmbenchConfigs(async (configs) => {
      const counts = { planned: 0, refused: 0, faulty: 0 };
      for (const { name, load } of configs) {
        const loaded = await load({
          env: { AWS_REGION: "us-east-1" },
          roleArn: "arn:aws:iam::123456789012:role/fmbench",
          writeBucket: "own",
        }).catch((error) => {
          if (!(error instanceof ConfigError)) throw new Error(`${name} crashes`, { cause: error });
          return null;
        });
        if (loaded === null) {
          counts.faulty++;
          continue;
        }
        const found = await deploymentPlans(loaded, "20261122T100000Z-1a2b3c");
        counts[found.refusals.length > 0 ? "refused" : "planned"]++;
        assert.equal(found.plans.length + found.refusals.length, loaded.config.experiments.length, name);
        for (const refusal of found.refusals) assert.match(refusal, /^Cannot .+\.$/s, name);
        for (const { experiment_name, target, actions, removal, tags, billing } of found.plans) {
          const place = `${name}: ${experiment_name}`;
          assert.ok(target !== "" && actions.length > 0 && removal.length > 0, place);
          if (billing === null) continue;
          assert.ok(Object.keys(tags).length > 0, place);
          assert.ok(actions.some(({ kind }) => kind === "call" || kind === "command"), place);
        }
        const words = deploymentWords(found).join("\n\n");
        assert.doesNotMatch(words, /undefined|\[object|123456789012/, name);
      }
      assert.deepEqual(counts, { planned: 66, refused: 15, faulty: 6 });
    }),
});
