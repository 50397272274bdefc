/** Images, brought to the machine before anything is started from them. */

import type { ControlOptions } from "../../../aws/mod.ts";
import { type Clock, redact, UserError } from "../../../core/mod.ts";
import type { DeployContext } from "../../deployer.ts";
import type { Image } from "../containers_plan.ts";
import { ecrLogin } from "./ecr_login.ts";
import { type Engine, lastLine, type Outcome } from "./engine.ts";

/** What pulling works with. */
export interface PullContext extends Pick<DeployContext, "log" | "waiting" | "signal"> {
  readonly clock: Clock;
  readonly ecr: ControlOptions;
}

/**
 * Pulls what is not there. What is there is used as it is, and its id told, so that a run can say what it measured.
 *
 * @throws {UserError} if an image can't be had
 */
export async function bringImages(
  engine: Engine,
  images: readonly Image[],
  context: PullContext,
): Promise<void> {
  for (const image of images) {
    context.signal.throwIfAborted();
    let id = await idOf(engine, image.image);
    if (id === null) {
      if (image.source === "local") throw notBuilt(image);
      await pull(engine, image, context);
      id = await idOf(engine, image.image);
    }
    context.log(`uses the image ${image.image}${id === null ? "" : ` (${id.slice(0, 19)})`}`);
  }
}

async function idOf(engine: Engine, image: string): Promise<string | null> {
  const { code, stdout } = await engine.run(["image", "inspect", "--format", "{{.Id}}", image]);
  if (code !== 0) return null;
  const id = stdout.trim();
  return id.startsWith("sha256:") ? id : `sha256:${id}`;
}

async function pull(engine: Engine, { image, source }: Image, context: PullContext): Promise<void> {
  const { signal, clock } = context;
  const began = clock.now();
  const seconds = () => (clock.now() - began) / 1_000;
  const onLine = (line: string) => context.waiting?.(`pulls ${image}: ${redact(line)}`, seconds());
  context.log(`pulls the image ${image}`);
  context.waiting?.(`pulls ${image}`, 0);
  let outcome: Outcome;
  if (source === "ecr") {
    await using login = await ecrLogin(engine, image, context.ecr, signal);
    const args = [...login.before, "pull", ...login.behind, image];
    outcome = await engine.run(args, { env: login.env, signal, onLine });
  } else {
    outcome = await engine.run(["pull", image], { signal, onLine });
  }
  signal.throwIfAborted();
  if (outcome.code === 0) return context.log(`pulled it in ${seconds().toFixed(1)} s`);
  throw new UserError({
    action: "pull the image",
    thing: image,
    found: redact(lastLine(outcome.stderr) ?? `${engine.name} ended with code ${outcome.code}`),
    remedy: "Correct `image_uri` of the experiment, or log in at its registry first.",
  });
}

function notBuilt({ image, build_first }: Image): UserError {
  return new UserError({
    action: "run a container from",
    thing: image,
    found: "this machine does not have the image, and no registry has it",
    remedy: build_first === null ? "Build it first." : `Build it first: ${build_first}`,
  });
}
