/** A program of one's own under another one's name. */

/** Calls `work` with the path of a shell script. */
export async function withProgram(script: string, work: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "fmbench-test-" });
  const path = `${folder}/program`;
  await Deno.writeTextFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  try {
    await work(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
