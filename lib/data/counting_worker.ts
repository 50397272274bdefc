/** A worker of `counting.ts`: loads one tokenizer, then answers every batch of texts with its counts. */

import { parentPort } from "node:worker_threads";
import { messageOf } from "../core/mod.ts";
import type { FromCountingWorker, ToCountingWorker } from "./counting.ts";
import { loadTokenizer, type TokenCounter } from "./tokenizer.ts";

const main = parentPort!;
let tokenizer: Promise<TokenCounter>;

main.on("message", async (data: ToCountingWorker) => {
  if ("folder" in data) {
    tokenizer = loadTokenizer(data.folder);
    // What is wrong with it is said at the first batch.
    await tokenizer.catch(() => {});
    main.postMessage({ ready: true } satisfies FromCountingWorker);
    return;
  }
  try {
    const { count } = await tokenizer;
    main.postMessage({ batch: data.batch, counts: data.texts.map(count) } satisfies FromCountingWorker);
  } catch (error) {
    main.postMessage({ batch: data.batch, fault: messageOf(error) } satisfies FromCountingWorker);
  }
});
