/** What starting servers on this machine does, for a dry run. */

import { redactDeep } from "../../core/mod.ts";
import type { Experiment, PlanContext } from "../deployer.ts";
import type { DeploymentPlan, PlannedAction } from "../deployment_plan.ts";
import { shellCommand } from "../shell_quote.ts";
import { tagsOf } from "../ownership.ts";
import { filledIn, type LocalServer } from "./local_server.ts";
import { variablesOf } from "./surroundings.ts";

/** The plan for a server; `limit_ms` is how long it may take to answer. */
export function planOf(
  experiment: Experiment,
  server: LocalServer,
  { ownership, has_hub_token }: PlanContext,
  limit_ms: number,
): DeploymentPlan {
  const { copies, first_port, title } = server;
  const variables = variablesOf(server);
  return {
    experiment_name: experiment.name,
    target: `${title} on this machine, ${copies === 1 ? "one process" : `${copies} processes`}`,
    actions: [
      ...first_port === null ? [note("each copy gets a free port of 127.0.0.1 in place of {port}")] : [],
      ...has_hub_token
        ? [note("the token for the Hugging Face Hub is passed in the environment, as HF_TOKEN")]
        : [],
      ...Array.from({ length: copies }, (_, index) => copyActions(server, index, limit_ms)).flat(),
      ...copies === 1 ? [] : [note("each request goes to the copy with the least in flight")],
    ],
    removal: [{
      kind: "command",
      what: `end ${copies === 1 ? "the process" : "the processes"} and all that they started`,
    }],
    tags: tagsOf(ownership, experiment.name),
    billing: null,
    needs: [
      `the program ${server.command[0]}`,
      ...variables.map((variable) => `the variable ${variable} of the environment`),
    ],
  };
}

function copyActions(server: LocalServer, index: number, limit_ms: number): PlannedAction[] {
  const copy = { index, port: server.first_port === null ? "{port}" : server.first_port + index };
  const filled = (words: readonly string[]) => shellCommand(words.map((word) => filledIn(word, copy)));
  const env = Object.entries(redactDeep(server.env)).map(([name, value]) =>
    `${name}=${filledIn(value, copy)}`
  );
  return [
    {
      kind: "command",
      what: filled(server.command),
      detail: [`in ${server.cwd}`, ...env].join("\n"),
    },
    {
      kind: "wait",
      what: `http://127.0.0.1:${copy.port}${server.health_path} to answer 200, at most ${
        Math.round(limit_ms / 1000)
      } s`,
    },
    ...server.prepare.map((words): PlannedAction => ({ kind: "command", what: filled(words) })),
  ];
}

const note = (what: string): PlannedAction => ({ kind: "note", what });
