/** Where a container finds its model, in the words of CreateModel. */

import { isS3Address } from "../../storage/mod.ts";
import type { DeploymentSpec } from "../../core/mod.ts";
import { refusal } from "./refusal.ts";
import type { ModelRequest } from "./sagemaker_calls.ts";

type Container = NonNullable<ModelRequest["PrimaryContainer"]>;
export type ModelData = Pick<Container, "ModelDataUrl" | "ModelDataSource">;
type S3Source = NonNullable<NonNullable<Container["ModelDataSource"]>["S3DataSource"]>;

/** Models that JumpStart guards: whoever reads them says that he accepts their terms. */
const gated = /^s3:\/\/jumpstart-private-cache-/;

/** The data of an address: a folder as it is, or a tar file that SageMaker unpacks. */
export function dataAt(address: string, accept_eula: boolean): ModelData {
  const folder = !/\.(tar\.gz|tgz)$/.test(address);
  return {
    ModelDataSource: {
      S3DataSource: {
        S3Uri: folder && !address.endsWith("/") ? `${address}/` : address,
        S3DataType: folder ? "S3Prefix" : "S3Object",
        CompressionType: folder ? "None" : "Gzip",
        ...(accept_eula ? { ModelAccessConfig: { AcceptEula: true } } : {}),
      },
    },
  };
}

/**
 * What `model_data` says, else `model_s3_path`; null: neither is given.
 *
 * @throws {UserError} if it is in another form
 */
export function givenData(experiment: string, spec: DeploymentSpec): ModelData | null {
  const { model_data, accept_eula } = spec;
  const path = modelPath(experiment, spec);
  if (model_data === null) return path === null ? null : checkedEula(experiment, path, accept_eula);
  if (typeof model_data === "string") {
    return checkedEula(experiment, address(experiment, "model_data", model_data), accept_eula);
  }
  const source = model_data["S3DataSource"] as Partial<S3Source> | undefined;
  const { S3Uri, S3DataType = "S3Prefix", CompressionType = "None" } = source ?? {};
  const ok = typeof S3Uri === "string" && isS3Address(S3Uri) &&
    ["S3Prefix", "S3Object"].includes(S3DataType) &&
    ["None", "Gzip"].includes(CompressionType);
  if (!ok) {
    throw refusal(
      experiment,
      "model_data has another form",
      "model_data.S3DataSource with S3Uri: s3://bucket/prefix/, S3DataType: S3Prefix (or S3Object) and CompressionType: None (or Gzip)",
    );
  }
  refuseUnaccepted(experiment, S3Uri, accept_eula);
  return {
    ModelDataSource: {
      S3DataSource: {
        ...source,
        ...{ S3Uri, S3DataType, CompressionType },
        ...(gated.test(S3Uri) ? { ModelAccessConfig: { AcceptEula: true } } : {}),
      },
    },
  };
}

/** `model_s3_path`; two of FMBench's configs say `None`. */
export function modelPath(experiment: string, { model_s3_path }: DeploymentSpec): string | null {
  if (model_s3_path === null || /^(None|null)?$/i.test(model_s3_path)) return null;
  return address(experiment, "model_s3_path", model_s3_path);
}

function address(experiment: string, key: string, given: string): string {
  if (isS3Address(given)) return given;
  throw refusal(experiment, `${key} is ${given}`, `${key}: s3://bucket/prefix`);
}

function checkedEula(experiment: string, at: string, accepted: boolean): ModelData {
  refuseUnaccepted(experiment, at, accepted);
  return dataAt(at, gated.test(at));
}

function refuseUnaccepted(experiment: string, at: string, accepted: boolean): void {
  if (!gated.test(at) || accepted) return;
  throw refusal(
    experiment,
    `${at} is given only to those who accept the model's terms`,
    "accept_eula: yes",
    "Read the terms on the model's page in SageMaker JumpStart first.",
  );
}
