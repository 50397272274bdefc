/** What talks to the endpoints of a worker's levels, made before the first request is due. */

import {
  type AwsCredentials,
  isSigned,
  type Level,
  type PlannedRequest,
  simulatedCredentials,
  urlsOf,
} from "../core/mod.ts";
import { endpointVariables, type Predictor, predictorFor } from "../predict/mod.ts";
import type { Transports } from "../transport/mod.ts";

/** What predictors are given of a worker. */
export interface PredictorMeans {
  readonly transports: Pick<Transports, "for">;
  /** The keys to AWS that were given last; null: none were. */
  readonly credentials: () => AwsCredentials | null;
  readonly env: (name: string) => string | undefined;
}

/**
 * The predictors by level, for the levels in which there is something to send: one for each copy of the endpoint. Levels of one
 * experiment share theirs.
 *
 * @throws {UserError} what the making of one throws
 */
export async function openPredictors(
  levels: readonly Level[],
  requests: readonly PlannedRequest[],
  means: PredictorMeans,
): Promise<Map<number, readonly Predictor[]>> {
  const needed = new Set(requests.map(({ level }) => level));
  const byExperiment = new Map<string, Promise<readonly Predictor[]>>();
  const predictors = new Map<number, readonly Predictor[]>();
  for (const level of levels) {
    if (!needed.has(level.level)) continue;
    const made = byExperiment.getOrInsertComputed(
      level.endpoint.experiment_name,
      () => Promise.all(urlsOf(level.endpoint).map((url) => openPredictor(level, url, means))),
    );
    predictors.set(level.level, await made);
  }
  return predictors;
}

async function openPredictor(
  level: Level,
  url: string,
  { transports, credentials, env }: PredictorMeans,
): Promise<Predictor> {
  const { endpoint, stream, parameters } = level;
  const predictor = await predictorFor({
    endpoint: { ...endpoint, url },
    stream,
    env: Object.fromEntries(endpointVariables(endpoint).map((name) => [name, env(name)])),
    credentials() {
      const given = endpoint.simulated ? simulatedCredentials : credentials();
      return given === null
        ? Promise.reject(new Error("there are no credentials for AWS"))
        : Promise.resolve(given);
    },
    transports,
  });
  // The first signature loads and compiles what all of them need. Whether it fails is found by the first request.
  if (predictor.signs) await Promise.try(() => predictor.begin({ prompt: "" }, parameters)).catch(() => {});
  return predictor;
}

/** Whether any of the levels is sent with keys to an AWS account; an API key of the service's own takes their place. */
export function needsCredentials(
  levels: readonly Level[],
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  return levels.some(({ endpoint: { simulated, predictor, api_key_env } }) =>
    !simulated && isSigned(predictor) && !(api_key_env !== null && env[api_key_env])
  );
}
