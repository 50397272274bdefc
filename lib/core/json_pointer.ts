/** Places in JSON values (RFC 6901). */

/** What keeps a text from being a JSON Pointer, as the end of a sentence; null when it is one. */
export function pointerFault(text: string): string | null {
  if (text !== "" && !text.startsWith("/")) return "it does not begin with /";
  return /~(?![01])/.test(text) ? "a ~ is written ~0 in it, a / within a name ~1" : null;
}

/**
 * What stands at a pointer; undefined when nothing does. The empty pointer is the whole value.
 *
 * @param pointer one that has no fault
 */
export function atPointer(value: unknown, pointer: string): unknown {
  let found = value;
  for (const step of pointer.split("/").slice(1)) {
    const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
    if (Array.isArray(found)) found = /^(0|[1-9]\d*)$/.test(name) ? found[Number(name)] : undefined;
    else if (found !== null && typeof found === "object" && Object.hasOwn(found, name)) {
      found = (found as Readonly<Record<string, unknown>>)[name];
    } else return undefined;
  }
  return found;
}
