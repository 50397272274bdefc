/**
 * A sentence model in a process of its own: settings and batches come in on standard input, vectors go out on standard output. The
 * end of its input is its end.
 */

import type { Batch, FromModel, ModelSettings } from "./messages.ts";
import { sentenceModel } from "./sentence_model.ts";

// What libraries say must not stand among the answers.
console.log = console.info = console.debug = console.error;

const encoder = new TextEncoder();

async function tell(message: FromModel): Promise<void> {
  let bytes = encoder.encode(JSON.stringify(message) + "\n");
  while (bytes.length > 0) bytes = bytes.subarray(await Deno.stdout.write(bytes));
}

async function* lines(): AsyncGenerator<string> {
  let rest = "";
  for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split("\n");
    rest = parts.pop()!;
    yield* parts;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${reasonOf(error.cause)}`;
}

const input = lines();
const { value: settings } = await input.next();
if (settings !== undefined) {
  try {
    const model = await sentenceModel(JSON.parse(settings) as ModelSettings);
    await tell({ ready: { max_tokens: model.max_tokens } });
    for await (const line of input) {
      const { id, texts } = JSON.parse(line) as Batch;
      await tell(
        await model.embed(texts).then(
          (found) => ({ id, ...found }),
          (error) => ({ id, failed: reasonOf(error) }),
        ),
      );
    }
  } catch (error) {
    await tell({ failed: reasonOf(error) });
  }
}
