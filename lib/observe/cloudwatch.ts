/** SageMaker endpoints, whose instances only CloudWatch tells of: minutes of theirs, asked for once when the load is over. */

import { cloudWatchControl, type CloudWatchSdk, type ControlOptions } from "../aws/mod.ts";
import type { Reading, Source } from "./source.ts";

export interface WatchedVariant {
  readonly experiment_name: string;
  readonly region: string;
  readonly endpoint_name: string;
  readonly variant_name: string;
}

interface Asked {
  readonly metric: string;
  readonly namespace: string;
  readonly name: string;
  readonly stat: "Average" | "Sum";
  /** By which a value is multiplied: milliseconds in a microsecond. */
  readonly scale: number;
}

const instances = "/aws/sagemaker/Endpoints";
const calls = "AWS/SageMaker";

const asked: readonly Asked[] = [
  ...([
    ["cpu", "CPUUtilization"],
    ["memory", "MemoryUtilization"],
    ["gpu", "GPUUtilization"],
    ["gpu_memory", "GPUMemoryUtilization"],
    ["disk", "DiskUtilization"],
  ] as const).map(([metric, name]): Asked => ({
    ...{ metric, name, namespace: instances, stat: "Average", scale: 1 },
  })),
  { metric: "invocations", namespace: calls, name: "Invocations", stat: "Sum", scale: 1 },
  { metric: "model_latency", namespace: calls, name: "ModelLatency", stat: "Average", scale: 1e-3 },
  { metric: "overhead_latency", namespace: calls, name: "OverheadLatency", stat: "Average", scale: 1e-3 },
];

const minute_ms = 60_000;

/**
 * Whole minutes of UTC between two moments. A reading is of the minute *before* its time, so that one that lies only partly within a
 * level's window can be told, and left out, later.
 */
export function cloudWatchSource(variant: WatchedVariant, options: ControlOptions = {}): Source {
  return {
    source: "cloudwatch",
    experiment_name: variant.experiment_name,
    what: `CloudWatch's minutes of ${variant.endpoint_name}`,
    async afterwards(from, to) {
      const start = Math.ceil(from.getTime() / minute_ms) * minute_ms;
      const end = Math.floor(to.getTime() / minute_ms) * minute_ms;
      if (end <= start) throw new Error("the load lasted no whole minute, and CloudWatch tells of no less");
      const { client, sdk } = await cloudWatchControl({ region: variant.region, ...options });
      try {
        const results = await ask(client, sdk, variant, new Date(start), new Date(end));
        const readings = readingsOf(results);
        if (readings.length === 0) {
          throw new Error("CloudWatch has no minute of it yet: it is some minutes behind");
        }
        return readings;
      } finally {
        client.destroy();
      }
    },
  };
}

interface Answer {
  readonly id: string;
  readonly times: readonly Date[];
  readonly values: readonly number[];
}

type Client = Awaited<ReturnType<typeof cloudWatchControl>>["client"];

async function ask(
  client: Client,
  sdk: CloudWatchSdk,
  { endpoint_name, variant_name }: WatchedVariant,
  from: Date,
  to: Date,
): Promise<Answer[]> {
  const Dimensions = [
    { Name: "EndpointName", Value: endpoint_name },
    { Name: "VariantName", Value: variant_name },
  ];
  const queries = asked.flatMap(({ namespace, name, stat }, i) => {
    const Metric = { Namespace: namespace, MetricName: name, Dimensions };
    return [
      { Id: `v${i}`, MetricStat: { Metric, Period: 60, Stat: stat }, ReturnData: true },
      ...stat === "Sum"
        ? []
        : [{ Id: `m${i}`, MetricStat: { Metric, Period: 60, Stat: "Maximum" }, ReturnData: true }],
    ];
  });
  const answers: Answer[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(
      new sdk.GetMetricDataCommand({
        ...{ MetricDataQueries: queries, StartTime: from, EndTime: to, ScanBy: "TimestampAscending" },
        ...NextToken === undefined ? {} : { NextToken },
      }),
    );
    for (const { Id = "", Timestamps = [], Values = [] } of page.MetricDataResults ?? []) {
      answers.push({ id: Id, times: Timestamps, values: Values });
    }
    NextToken = page.NextToken;
  } while (NextToken !== undefined && NextToken !== "");
  return answers;
}

function readingsOf(answers: readonly Answer[]): Reading[] {
  /** By id, then by the minute's start. A series may come in several pages. */
  const found = new Map<string, Map<number, number>>();
  for (const { id, times, values } of answers) {
    const minutes = found.getOrInsertComputed(id, () => new Map());
    times.forEach((time, i) => minutes.set(time.getTime(), values[i]!));
  }
  return asked.flatMap(({ metric, scale }, i) =>
    [...found.get(`v${i}`) ?? []].map(([start, value]): Reading => {
      const max = found.get(`m${i}`)?.get(start);
      return {
        ...{ metric, value: value * scale, at_ms: start + minute_ms, over_ms: minute_ms },
        ...max === undefined ? {} : { max: max * scale },
      };
    })
  );
}
