/** The program's own version, from `deno.json`. */

import manifest from "../../deno.json" with { type: "json" };

export const version: string = manifest.version;
