/** The end of an endpoint, its configuration and its model: whatever state they are in, and only ours. */

import { messageOf, redact, UserError } from "../../core/mod.ts";
import type { Removal } from "../deployer.ts";
import { poll, type Polling } from "../polling.ts";
import { tagKeys } from "../ownership.ts";
import { codeOf } from "../service_call.ts";
import { isPassing } from "./sagemaker_error.ts";
import {
  attempting,
  describe,
  type Found,
  isAbsent,
  type Part,
  parts,
  remove,
  type SageMaker,
  tagsOfArn,
} from "./sagemaker_calls.ts";

/** What is to go. */
export interface Owed {
  readonly part: Part;
  readonly name: string;
  readonly run_id: string;
  readonly region: string;
  /** Whether it surely existed; else it may show late. */
  readonly created: boolean;
}

/**
 * Removes it, and waits until it is gone. An endpoint that is being created can't be deleted: that is waited for.
 *
 * @throws {UserError} if it is still there, or it does not carry the tags of the run
 */
export async function removePart(
  service: SageMaker,
  owed: Owed,
  gone: Polling,
  settle: Polling,
): Promise<Removal> {
  const { part, name, region } = owed;
  const { said, call } = parts[part];
  const action = `remove the ${said}`;
  const look = () => describe(service, part, name);
  const looked = () => attempting(action, name, `sagemaker:Describe${call}`, look);
  const found = await looked() ?? (owed.created ? null : await poll(looked, settle));
  if (found === null) return "already gone";
  if (!await isOurs(service, owed, found)) return "already gone";
  let state = found.status;
  let trouble = "";
  const isGone = await poll(async () => {
    try {
      const now = await look();
      if (now === null) return true;
      state = now.status;
      trouble = "";
      if (mayGo(state)) await remove(service, part, name);
      return part === "endpoint" ? null : await look() === null ? true : null;
    } catch (error) {
      if (isAbsent(error)) return true;
      if (!isPassing(error) && !/in.progress|Cannot update/i.test(messageOf(error))) {
        const failed = state === null || mayGo(state) ? `Delete${call}` : `Describe${call}`;
        return await attempting(action, name, `sagemaker:${failed}`, () => Promise.reject(error));
      }
      trouble = ` (${codeOf(error)}: ${redact(messageOf(error))})`;
      return null;
    }
  }, gone);
  if (isGone) return "removed";
  const seconds = Math.round(gone.limit_ms / 1000);
  throw new UserError({
    action,
    thing: name,
    found: `after ${seconds} s it is still there${
      state === null ? "" : `, ${state}`
    }, in ${region}${trouble}`,
    remedy: "Run the same command again: it goes on where this ended.",
  });
}

/** Whether SageMaker lets it be deleted now; a model and a configuration have no state. */
function mayGo(status: string | null): boolean {
  return status === null ||
    !["Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"].includes(status);
}

/** False when it went in the meantime. Throws UserError for what is not of that run. */
async function isOurs(service: SageMaker, { part, name, run_id }: Owed, { arn }: Found): Promise<boolean> {
  const { said } = parts[part];
  let tags: Readonly<Record<string, string>>;
  try {
    tags = await tagsOfArn(service, arn);
  } catch (error) {
    if (isAbsent(error)) return false;
    return await attempting(`remove the ${said}`, name, "sagemaker:ListTags", () => Promise.reject(error));
  }
  if (tags[tagKeys.run_id] === run_id) return true;
  throw new UserError({
    action: `remove the ${said}`,
    thing: name,
    found: `it does not carry the tags of run ${run_id}, so it was left alone`,
    remedy: "Remove it yourself if it may go.",
  });
}
