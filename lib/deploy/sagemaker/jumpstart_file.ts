/** A file of JumpStart's, `community_models/<model>/specs_v<version>.json`, and what of it holds for an instance type in a region. */

import { UserError } from "../../core/mod.ts";
import type { JumpStartChoice, JumpStartSpec } from "./jumpstart_spec.ts";

/** What is used of it; anything may be missing, and a configuration of it says the same again. */
export interface JumpStartFields {
  readonly hosting_ecr_uri?: string;
  readonly hosting_ecr_specs?: { readonly framework?: string; readonly framework_version?: string };
  readonly hosting_artifact_key?: string;
  readonly hosting_prepacked_artifact_key?: string;
  readonly hosting_script_key?: string;
  readonly hosting_use_script_uri?: boolean;
  readonly hosting_eula_key?: string;
  readonly hosting_model_package_arns?: Readonly<Record<string, string>>;
  readonly inference_environment_variables?: readonly {
    readonly name: string;
    readonly default?: string | number | boolean | null;
    readonly scope?: string;
  }[];
  readonly inference_enable_network_isolation?: boolean;
  readonly inference_volume_size?: number;
  readonly default_inference_instance_type?: string;
  readonly supported_inference_instance_types?: readonly string[];
  readonly hosting_instance_type_variants?: Variants;
  readonly deploy_kwargs?: {
    readonly model_data_download_timeout?: number;
    readonly container_startup_health_check_timeout?: number;
  };
  readonly gated_bucket?: boolean;
}

/** By instance type (`ml.g5.12xlarge`) or family (`g5`). `$name` stands for the region's alias of that name. */
interface Variants {
  readonly regional_aliases?: Readonly<Record<string, Readonly<Record<string, string>>>> | null;
  readonly variants?:
    | Readonly<
      Record<string, {
        readonly regional_properties?: { readonly image_uri?: string; readonly model_package_arn?: string };
        readonly properties?: {
          readonly environment_variables?: Readonly<Record<string, string | number | boolean>>;
          readonly artifact_key?: string;
          readonly prepacked_artifact_key?: string;
        };
      }>
    >
    | null;
}

export interface JumpStartFile extends JumpStartFields {
  readonly inference_configs?: Readonly<Record<string, { readonly component_names?: readonly string[] }>>;
  readonly inference_config_components?: Readonly<Record<string, JumpStartFields>>;
  readonly inference_config_rankings?: Readonly<Record<string, { readonly rankings?: readonly string[] }>>;
}

/**
 * What holds for the choice.
 *
 * @param choice its `version` is that of the file
 * @param address the folder that the manifest lies in
 */
export function settleSpec(whole: JumpStartFile, choice: JumpStartChoice, address: string): JumpStartSpec {
  const { model_id, version, region, instance_type } = choice;
  const file = configured(whole, instance_type);
  const types = file.supported_inference_instance_types ?? [];
  const { regional_aliases, variants } = file.hosting_instance_type_variants ?? {};
  const [ofType, ofFamily] = [variants?.[instance_type], variants?.[familyOf(instance_type)]];
  const regional = (name: "image_uri" | "model_package_arn"): string | undefined => {
    const alias = ofType?.regional_properties?.[name] ?? ofFamily?.regional_properties?.[name];
    return alias === undefined ? undefined : regional_aliases?.[region]?.[alias.replace(/^\$/, "")];
  };
  const property = (name: "artifact_key" | "prepacked_artifact_key") =>
    ofType?.properties?.[name] ?? ofFamily?.properties?.[name];
  const prepacked = property("prepacked_artifact_key") ?? file.hosting_prepacked_artifact_key;
  if (
    prepacked === undefined && file.hosting_script_key !== undefined && file.hosting_use_script_uri !== false
  ) {
    throw refusal(
      choice,
      "its artefact and its script lie apart, and only AWS's Python SDK packs them together",
      "Take a newer model_version, or deploy it there and bring the endpoint (deploy: no).",
    );
  }
  const key = prepacked ?? property("artifact_key") ?? file.hosting_artifact_key;
  const gated = file.gated_bucket ?? false;
  const bucket = `jumpstart-${gated ? "private-" : ""}cache-prod-${region}`;
  const eula = file.hosting_eula_key;
  return {
    model_id,
    version,
    image: regional("image_uri") ?? file.hosting_ecr_uri ?? null,
    artifact: key === undefined ? null : `s3://${bucket}/${key}`,
    env: {
      ...defaults(file),
      ...texts(ofFamily?.properties?.environment_variables),
      ...texts(ofType?.properties?.environment_variables),
    },
    network_isolation: file.inference_enable_network_isolation ?? false,
    volume_gb: hasOwnDisks(instance_type) ? null : file.inference_volume_size ?? null,
    instance_types: types,
    default_instance_type: file.default_inference_instance_type ?? null,
    gated: gated || eula !== undefined,
    eula: eula === undefined ? null : `${address}/${eula}`,
    startup_timeout_s: file.deploy_kwargs?.container_startup_health_check_timeout ?? null,
    download_timeout_s: file.deploy_kwargs?.model_data_download_timeout ?? null,
    model_package: regional("model_package_arn") ?? file.hosting_model_package_arns?.[region] ?? null,
  };
}

/** The fields of the first configuration, as JumpStart ranks them, that runs on the instance type; else those of the file itself. */
function configured(file: JumpStartFile, instance_type: string): JumpStartFields {
  const { inference_configs, inference_config_components, inference_config_rankings } = file;
  for (const name of inference_config_rankings?.["overall"]?.rankings ?? []) {
    const names = inference_configs?.[name]?.component_names ?? [];
    const fields: JumpStartFields = Object.assign(
      {},
      file,
      ...names.map((component) => inference_config_components?.[component] ?? {}),
    );
    if (names.length > 0 && fields.supported_inference_instance_types?.includes(instance_type)) return fields;
  }
  return file;
}

/** `g5` of `ml.g5.12xlarge` */
const familyOf = (instance_type: string) => instance_type.replace(/^ml\./, "").split(".")[0]!;

/** Instances with disks of their own take no volume. */
const hasOwnDisks = (instance_type: string) => /^(.*d|g5|g6|p5|trn)/.test(familyOf(instance_type));

function defaults({ inference_environment_variables = [] }: JumpStartFields): Record<string, string> {
  return Object.fromEntries(
    inference_environment_variables
      .filter(({ default: value }) => value !== undefined && value !== null)
      .map(({ name, default: value }) => [name, String(value)]),
  );
}

function texts(values: Readonly<Record<string, string | number | boolean>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
}

function refusal({ model_id, version }: JumpStartChoice, found: string, remedy: string): UserError {
  return new UserError({
    action: "deploy the model",
    thing: model_id,
    found: `JumpStart's version ${version}: ${found}`,
    remedy,
  });
}
