/** The workers' half of `fleet_controller.ts`: so many conversations, each saying over and over what one real worker said. */

import { createHash } from "node:crypto";
import { machineNanoseconds } from "../../lib/core/mod.ts";
import type { FromFleet, ToFleet } from "../../lib/fleet/messages.ts";
import { ProgressDigest } from "../../lib/fleet/progress_digest.ts";
import { Uplink } from "../../lib/fleet/uplink.ts";

interface Order {
  readonly url: string;
  readonly secret: string;
  readonly workers: number;
  readonly seconds: number;
  readonly ship_ms: number;
  readonly progress_ms: number;
  /** A part of a journal, the same for all. */
  readonly part: string;
  /** What was recorded. */
  readonly traffic: string;
}

const { url, secret, workers, ship_ms, progress_ms, part, traffic } = JSON.parse(
  Deno.args[0] ?? "{}",
) as Order;
const { said } = JSON.parse(await Deno.readTextFile(traffic)) as {
  said: { at_ms: number; message: FromFleet }[];
};
const content = await Deno.readFile(part);
const sha256 = createHash("sha256").update(content).digest("hex");
const stops: string[] = [];
let count = 0;
const now = () => performance.now();
const everybody = Promise.withResolvers<void>();
let left = workers;

function converse(worker: number): void {
  let timers: ReturnType<typeof setTimeout>[] = [];
  let number = 0;
  let over = false;
  const digest = new ProgressDigest(progress_ms, (said) => {
    count++;
    link.say({ said });
  });
  const say = (message: FromFleet) => {
    if ("said" in message) digest.take(message.said);
    else link.say(message);
  };
  const play = () => {
    const span_ms = Math.max(1000, (said.at(-1)?.at_ms ?? 0) + 200);
    const round = (from: number) => {
      for (const { at_ms, message } of said) timers.push(setTimeout(() => say(message), from + at_ms));
      timers.push(setTimeout(() => {
        timers = timers.slice(-said.length);
        round(0);
      }, from + span_ms));
    };
    round(Math.random() * 200);
    const ship = () => {
      number++;
      say({
        part: { number, path: "part.jsonl", bytes: content.length, sha256, kind: "requests", lags: {} },
      });
      timers.push(setTimeout(ship, ship_ms));
    };
    timers.push(setTimeout(ship, Math.random() * ship_ms));
  };
  const link = new Uplink({
    url,
    secret,
    worker,
    now,
    onMessage(message: ToFleet) {
      if ("ask" in message) link.say({ answer: message.ask, heard_ms: now(), answered_ms: now() });
      else if ("tell" in message && "start" in message.tell) play();
      else if ("tell" in message && "stop" in message.tell && !over) {
        over = true;
        stops.push(String(machineNanoseconds()));
        timers.forEach(clearTimeout);
        say({ said: { level_done: 0, ended_by: "requests" } });
        say({ said: { finished: true } });
        link.say({ ended: { code: 0, complaint: "" } });
        link.settled().then(async () => {
          await link.close();
          if (--left === 0) everybody.resolve();
        });
      }
    },
    onEnd: (reason) => console.error(`${worker}: ${reason}`),
  });
  link.say({ node: { host: "simulated", cores: 1, memory_gib: 1, deno: "", version: "" } });
  say({ said: { ready: true, clock_fault: null } });
}

for (let worker = 0; worker < workers; worker++) converse(worker);
await everybody.promise;
console.log(JSON.stringify({ stop_ns: stops, said: count }));
Deno.exit(0);
