/** The Deno kernel as seen from inside a notebook. The only module that names `Deno.jupyter`. */

/** A MIME bundle: what one output looks like in each format. */
export type MimeBundle = Readonly<Record<string, unknown>>;

/** Whether this code runs in a notebook's kernel. */
export const inKernel: boolean = Deno.mainModule.includes("$deno$jupyter");

/** Whether the headless runner started the kernel; otherwise a person sits in front of the notebook. */
export const headless: boolean = Deno.env.has("FMBENCH_RUN");

/** The name of the notebook file, when the front end tells it (JupyterLab does). */
export function notebookFile(): string | null {
  return Deno.env.get("JPY_SESSION_NAME") ?? null;
}

export interface DisplayOptions {
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** A display with an id can be replaced later. */
  readonly id?: string;
  /** Replaces the display of that id. */
  readonly update?: boolean;
}

/** Shows a MIME bundle below the running cell; outside a kernel it does nothing. */
export async function display(
  data: MimeBundle,
  { metadata = {}, id, update = false }: DisplayOptions = {},
): Promise<void> {
  if (!inKernel) return;
  const transient = id === undefined ? {} : { display_id: id };
  await Deno.jupyter.broadcast(update ? "update_display_data" : "display_data", {
    data,
    metadata,
    transient,
  });
}

const TAIL_MS = 25;
const hooked = Symbol.for("fmbench.outputs");

/**
 * Makes the outputs of a cell arrive in that cell. The kernel (2.8.2 and later) reports a cell as done before its outputs
 * have left the queue; a front end then shows late ones in the wrong cell. The kernel calls `broadcastResult` at the end
 * of every successful cell, so waiting there holds the report back until the queue is empty. The headless runner has a
 * fence of its own and needs no waiting.
 */
export function completeOutputs(): void {
  type Internals = {
    jupyter?: { broadcastResult?: (...args: unknown[]) => Promise<unknown>; [hooked]?: true };
  };
  const deno = Deno as unknown as { internal?: symbol } & Record<symbol, Internals | undefined>;
  const jupyter = deno.internal === undefined ? undefined : deno[deno.internal]?.jupyter;
  if (!inKernel || headless || !jupyter?.broadcastResult || jupyter[hooked]) return;
  const original = jupyter.broadcastResult;
  jupyter[hooked] = true;
  jupyter.broadcastResult = async (...args) => {
    const result = await original(...args);
    await new Promise((resolve) => setTimeout(resolve, TAIL_MS));
    return result;
  };
}
