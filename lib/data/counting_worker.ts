/** A worker of `counting.ts`: loads one tokenizer, then answers every batch of texts with its counts. */

import { messageOf } from "../core/mod.ts";
import type { FromCountingWorker, ToCountingWorker } from "./counting.ts";
import { loadTokenizer, type TokenCounter } from "./tokenizer.ts";

declare const self: {
  onmessage: ((event: MessageEvent<ToCountingWorker>) => void) | null;
  postMessage(message: FromCountingWorker): void;
};

let tokenizer: Promise<TokenCounter>;

self.onmessage = async ({ data }) => {
  if ("folder" in data) {
    tokenizer = loadTokenizer(data.folder);
    // What is wrong with it is said at the first batch.
    await tokenizer.catch(() => {});
    self.postMessage({ ready: true });
    return;
  }
  try {
    const { count } = await tokenizer;
    self.postMessage({ batch: data.batch, counts: data.texts.map(count) });
  } catch (error) {
    self.postMessage({ batch: data.batch, fault: messageOf(error) });
  }
};
