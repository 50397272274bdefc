/** Finding a Chromium: it is never downloaded, whoever has none skips these tests. */

import { delimiter, join } from "node:path";

const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const fixed = ["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"];

/** The browser named by `FMBENCH_CHROMIUM`, else the first one that is installed; null when there is none. */
export async function findChromium(): Promise<string | null> {
  const own = Deno.env.get("FMBENCH_CHROMIUM");
  const folders = (Deno.env.get("PATH") ?? "").split(delimiter);
  const installed = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  for (const path of own === undefined ? [...installed, ...fixed] : [own]) {
    if (await Deno.stat(path).then((stat) => stat.isFile, () => false)) return path;
  }
  return null;
}
