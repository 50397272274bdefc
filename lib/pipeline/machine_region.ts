/** The AWS region of this machine, as far as it says so without a network call. */

/** Stands in the manifest's `machine.region` where the region is not known. */
export const unknownRegion = "not known";

/** What tells where the machine is; replaced in tests. */
export interface MachineSigns {
  readonly environment: (name: string) => string | undefined;
  /** The text of a file; null when it can't be read. */
  readonly file: (path: string) => string | null;
}

/**
 * The region that this machine is in; null: not known. Asked are, in this order: the file that SageMaker puts into its notebooks; what cloud-init
 * noted when an EC2 instance started; the environment of AWS's own runtimes (CloudShell, Lambda, containers), which
 * name themselves. `AWS_REGION` alone says which region is called, not where the caller is: it tells nothing here.
 */
export function machineRegion(signs: MachineSigns = ofThisMachine): string | null {
  return ofSageMaker(signs.file("/opt/ml/metadata/resource-metadata.json")) ??
    ofCloudInit(signs.file("/run/cloud-init/instance-data.json")) ??
    ofRuntime(signs.environment);
}

const ofThisMachine: MachineSigns = {
  environment: (name) => Deno.env.get(name),
  file: (path) => {
    try {
      return Deno.readTextFileSync(path);
    } catch {
      // Not there, or not ours to read: then nothing is known.
      return null;
    }
  },
};

function ofSageMaker(text: string | null): string | null {
  const { ResourceArn } = jsonOf(text) as { ResourceArn?: unknown };
  return regionOf(typeof ResourceArn === "string" ? ResourceArn.split(":")[3] : null);
}

function ofCloudInit(text: string | null): string | null {
  const { v1 } = jsonOf(text) as { v1?: { cloud_name?: unknown; region?: unknown } };
  return v1?.cloud_name === "aws" ? regionOf(v1.region) : null;
}

function ofRuntime(environment: MachineSigns["environment"]): string | null {
  return environment("AWS_EXECUTION_ENV") ? regionOf(environment("AWS_REGION")) : null;
}

function jsonOf(text: string | null): object {
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

function regionOf(text: unknown): string | null {
  return typeof text === "string" && /^[a-z]{2}(-[a-z]+)+-\d+$/.test(text) ? text : null;
}
