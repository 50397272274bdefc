/** A worker on another machine as the load holds it: the same words as to a process of this machine. */

import type { Certificate } from "../core/mod.ts";
import type { FromWorker, InitMessage, ToWorker, WorkerProcess } from "../load/mod.ts";
import type { Hub } from "./hub.ts";
import type { Assignment, JournalPart, NodeFacts } from "./messages.ts";

export interface RemoteProcessOptions {
  readonly hub: Hub;
  /** Its index in the fleet. */
  readonly worker: number;
  /** `w3` */
  readonly name: string;
  /** What it is told in place of the order that a process of this machine gets. */
  readonly assignment: (init: InitMessage) => Assignment;
  /** What another time is to this worker, whose clock has drifted since its zero was set: milliseconds to add. */
  readonly drift_ms: () => number;
  readonly onNode: (node: NodeFacts) => void;
  readonly onCertificate: (certificate: Certificate) => void;
  readonly onPart: (part: JournalPart) => void;
  /** Called once, when nothing more of it will count: with why it is lost, or null. What counts is at home when this resolves. */
  readonly onEnd: (lost: string | null) => Promise<void>;
}

/** Makes it. Its messages end when its process has ended, or when it is lost; `ended` then says so. */
export function remoteProcess(options: RemoteProcessOptions): WorkerProcess {
  const { hub, worker, name, assignment, drift_ms, onNode, onCertificate, onPart, onEnd } = options;
  const said = new Queue<FromWorker>();
  const ended = Promise.withResolvers<{ code: number; complaint: string; lost?: true }>();
  let failed: string | null = null;
  async function end(code: number, complaint: string): Promise<void> {
    const lost = code === 0 ? null : failed ?? (complaint || `its program ended with code ${code}`);
    await onEnd(lost);
    said.end();
    ended.resolve(lost === null ? { code, complaint } : { code, complaint: lost, lost: true });
  }
  hub.listen(worker, {
    onMessage(message) {
      if ("said" in message) {
        if ("failed" in message.said) failed = message.said.failed;
        said.put(message.said);
      } else if ("part" in message) onPart(message.part);
      else if ("node" in message) onNode(message.node);
      else if ("certificate" in message) onCertificate(message.certificate);
      else {
        hub.left(worker);
        end(message.ended.code, message.ended.complaint).catch(ended.reject);
      }
    },
    onLost: (reason) => void end(1, reason).catch(ended.reject),
  });
  return {
    name,
    module: null,
    messages: said.values(),
    tell(message: ToWorker) {
      if ("init" in message) hub.tell(worker, { assignment: assignment(message) });
      else if ("start" in message) {
        const { at_ms, begin_ms = at_ms } = message;
        const drift = drift_ms();
        hub.tell(worker, { tell: { ...message, at_ms: at_ms + drift, begin_ms: begin_ms + drift } });
      } else hub.tell(worker, { tell: message });
    },
    kill: () => hub.giveUp(worker, "it was ended"),
    ended: ended.promise,
  };
}

/** Values that come when they come. */
class Queue<T> {
  readonly #waiting: T[] = [];
  #wake: () => void = () => {};
  #over = false;

  put(value: T): void {
    this.#waiting.push(value);
    this.#wake();
  }

  end(): void {
    this.#over = true;
    this.#wake();
  }

  async *values(): AsyncGenerator<T> {
    for (;;) {
      for (let value = this.#waiting.shift(); value !== undefined; value = this.#waiting.shift()) yield value;
      if (this.#over) return;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }
}
