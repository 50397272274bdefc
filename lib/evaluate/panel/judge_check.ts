/** One cheap call to every judge, so that a retired or inaccessible one is known before the first call that costs. */

import { isSigned, messageOf, UserError } from "../../core/mod.ts";
import { adviceFor, withCap } from "../../predict/mod.ts";
import { inParallel } from "../../storage/mod.ts";
import { checkPanel, type Judge } from "./judge.ts";
import { type EndpointReply, type Line, openLine } from "../endpoint_line.ts";
import type { JudgeAccess } from "./judging_options.ts";

/** A judge that answered, or would if it were asked later. */
export interface CheckedJudge {
  readonly judge: string;
  readonly model_id: string;
  readonly region: string | null;
  /** It has no time now, but may be asked. */
  readonly throttled: boolean;
  readonly latency_ms: number | null;
  /** null: no price, or no tokens in the answer. */
  readonly cost: number | null;
}

const prompt = { prompt: "Say yes." };
const atOnce = 8;

/**
 * Asks every judge once, for one token, with its own parameters.
 *
 * @throws {UserError} naming every judge that can't be asked, with what to do about it
 */
export async function checkJudges(judges: readonly Judge[], access: JudgeAccess): Promise<CheckedJudge[]> {
  checkPanel(judges);
  const replies = await inParallel(judges, atOnce, (judge) => asked(judge, access));
  access.signal?.throwIfAborted();
  const faults = judges.flatMap((judge, i) => faultOf(judge, replies[i]!));
  if (faults.length > 0) {
    throw new UserError([
      `Cannot ask ${faults.length} of ${judges.length} judges: the call before the first verdict failed.`,
      ...faults.map((fault) => `  - ${fault}`),
      "Correct these, or name other judges. No vote was asked for.",
    ].join("\n"));
  }
  return judges.map((judge, i) => {
    const { answer, latency_ms } = replies[i] as EndpointReply;
    const { model_id, region } = judge.endpoint;
    const throttled = answer.error?.kind === "throttled";
    const cost = access.cost?.(answer, judge) ?? null;
    return { judge: judge.name, model_id, region, throttled, latency_ms, cost };
  });
}

/** The reply, or what keeps the judge from being asked at all. */
async function asked(judge: Judge, access: JudgeAccess): Promise<EndpointReply | string> {
  let line: Line;
  try {
    line = await openLine(judge, access);
  } catch (error) {
    if (error instanceof UserError) return messageOf(error);
    throw error;
  }
  try {
    const signal = access.signal ?? new AbortController().signal;
    return await line.call(prompt, withCap(judge.parameters, 1), signal);
  } finally {
    await line.close();
  }
}

function faultOf({ name, endpoint }: Judge, reply: EndpointReply | string): string[] {
  if (typeof reply === "string") return [`${name}: ${reply}`];
  const { error } = reply.answer;
  if (error === null || error.kind === "throttled") return [];
  const advice = adviceFor({
    error_kind: error.kind,
    error_message: error.message,
    http_status: reply.http_status,
    model_id: endpoint.model_id,
    region: endpoint.region,
    api_key_env: endpoint.api_key_env,
    signed: isSigned(endpoint.predictor),
  });
  if (advice === null) return [`${name}: ${error.message}`];
  return [`${name}: ${error.message.replace(/[.\s]+$/, "")}; ${advice}`];
}
