import assert from "node:assert/strict";
import { cloudWatchControl } from "../../lib/aws/mod.ts";
import { cloudWatchSource } from "../../lib/observe/cloudwatch.ts";
import { cloudAvailable, withCloud } from "../aws/local_cloud.ts";

const ignore = !cloudAvailable;
const variant = {
  ...{ experiment_name: "e", region: "us-east-1", endpoint_name: "fmbench-e", variant_name: "AllTraffic" },
};
const dimensions = (endpoint: string) => [
  { Name: "EndpointName", Value: endpoint },
  { Name: "VariantName", Value: "AllTraffic" },
];
/** A whole minute of some time ago. */
const start = Math.floor(Date.now() / 60_000 - 30) * 60_000;
const at = (seconds: number) => new Date(start + seconds * 1000);

Deno.test(
  { ignore, name: "moto's CloudWatch: whole minutes of one variant, mean and maximum, in our units" },
  async () => {
    await withCloud(async () => {
      const { client, sdk } = await cloudWatchControl({ region: "us-east-1" });
      const put = (Namespace: string, MetricName: string, endpoint: string, values: [number, number][]) =>
        client.send(
          new sdk.PutMetricDataCommand({
            Namespace,
            MetricData: values.map(([seconds, Value]) => ({
              ...{ MetricName, Value, Timestamp: at(seconds), Dimensions: dimensions(endpoint) },
            })),
          }),
        );
      const instances = "/aws/sagemaker/Endpoints";
      await put(instances, "CPUUtilization", "fmbench-e", [[5, 100], [65, 120], [70, 180], [130, 60], [
        190,
        70,
      ]]);
      await put(instances, "CPUUtilization", "another", [[65, 1]]);
      await put("AWS/SageMaker", "Invocations", "fmbench-e", [[61, 1], [62, 1], [63, 1]]);
      await put("AWS/SageMaker", "ModelLatency", "fmbench-e", [[61, 250_000], [62, 350_000]]);
      client.destroy();
      // From 12 s to 200 s: the first and the last minute are not whole.
      const readings = await cloudWatchSource(variant).afterwards!(at(12), at(200));
      const over_ms = 60_000;
      assert.deepEqual(readings, [
        { metric: "cpu", value: 150, max: 180, at_ms: start + 120_000, over_ms },
        { metric: "cpu", value: 60, max: 60, at_ms: start + 180_000, over_ms },
        { metric: "invocations", value: 3, at_ms: start + 120_000, over_ms },
        { metric: "model_latency", value: 300, max: 350, at_ms: start + 120_000, over_ms },
      ]);
    });
  },
);

Deno.test({
  ignore,
  name: "moto's CloudWatch: nothing there yet, no whole minute, and no right to ask are reasons",
}, async () => {
  await withCloud(async (cloud) => {
    const ask = (to: number) => cloudWatchSource(variant).afterwards!(at(12), at(to));
    await assert.rejects(() => ask(200), /CloudWatch has no minute of it yet: it is some minutes behind/);
    await assert.rejects(() => ask(119), /the load lasted no whole minute/);
    const none = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }] };
    await cloud.as(none, async () => {
      await assert.rejects(() => ask(200), /cloudwatch:GetMetricData|not authorized/);
    });
  });
});
