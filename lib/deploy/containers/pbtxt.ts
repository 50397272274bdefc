/** Messages of protocol buffers as text: the form of Triton's `config.pbtxt`. */

/** A name of an enumeration, which stands without quotes. */
export class EnumName {
  constructor(readonly name: string) {}
}

/** A list repeats its field; a list in a field that is `packed` stands in brackets. */
export type Field = string | number | boolean | EnumName | Message | readonly Message[] | Packed;

export interface Message {
  readonly [name: string]: Field | undefined;
}

/** Numbers in brackets. */
export class Packed {
  constructor(readonly numbers: readonly number[]) {}
}

/** The text of a message; fields that are undefined are left out. */
export function pbtxt(message: Message, indent = ""): string {
  return Object.entries(message).map(([name, value]) => fieldText(name, value, indent)).join("");
}

function fieldText(name: string, value: Field | undefined, indent: string): string {
  if (value === undefined) return "";
  if (Array.isArray(value)) return value.map((each) => fieldText(name, each, indent)).join("");
  if (value instanceof Packed) return `${indent}${name}: [ ${value.numbers.join(", ")} ]\n`;
  if (value instanceof EnumName) return `${indent}${name}: ${value.name}\n`;
  if (typeof value === "object") {
    return `${indent}${name} {\n${pbtxt(value as Message, `${indent}  `)}${indent}}\n`;
  }
  return `${indent}${name}: ${typeof value === "string" ? JSON.stringify(value) : String(value)}\n`;
}
