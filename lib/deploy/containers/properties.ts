/** Files of Java properties, as DJL Serving reads `serving.properties`. */

/** Keys and values. A line begins with its key; `=`, `:` or a space ends it; `#` and `!` begin comments; of a repeated key the last counts. */
export function parseProperties(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const line of text.replace(/\\\r?\n[ \t]*/g, "").split(/\r?\n/)) {
    const parts = /^\s*([^#!\s=:][^\s=:]*)\s*[=:]?\s*(.*?)\s*$/.exec(line);
    if (parts !== null) found.set(parts[1] ?? "", parts[2] ?? "");
  }
  return found;
}
