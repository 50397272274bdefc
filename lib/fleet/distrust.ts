/** Takes the trust from the rows of one journal: its worker's clock, as it turned out, can't be believed. */

import { rename } from "node:fs/promises";
import { writeAll } from "../storage/mod.ts";

// Within a text of a row its quotes would have backslashes.
const trusting = /"trusted":(?:true|null)/g;

/** Sets the column `trusted` of every row to false. A reader sees the old journal or the new one. Again it changes nothing. */
export async function distrust(path: string): Promise<void> {
  const { readable } = await Deno.open(path);
  const next = `${path}.tmp`;
  const file = await Deno.open(next, { write: true, create: true, truncate: true });
  const encoder = new TextEncoder();
  let rest = "";
  try {
    for await (const text of readable.pipeThrough(new TextDecoderStream())) {
      const end = text.lastIndexOf("\n") + 1;
      if (end > 0) {
        await writeAll(
          file,
          encoder.encode((rest + text.slice(0, end)).replace(trusting, '"trusted":false')),
        );
        rest = "";
      }
      rest += text.slice(end);
    }
    await writeAll(file, encoder.encode(rest));
    await file.syncData();
  } finally {
    file.close();
  }
  await rename(next, path);
}
