/** Whether a description of a REST protocol can be followed. */

import { pointerFault } from "./json_pointer.ts";
import type { RestDescription, RestPlaces } from "./protocol.ts";

/** `{prompt}`, `{parameters.top_p}`: a brace, a name, a brace. Other braces are text. */
export const restSlot = /\{([A-Za-z_][\w-]*(?:\.[\w.-]+)?)\}/g;

/** The slots there are, apart from `{parameters.NAME}`. */
export const restSlotNames: readonly string[] = ["prompt", "model", "max_tokens", "parameters"];

const placeNames = [
  "text",
  "reasoning",
  "prompt_tokens",
  "completion_tokens",
  "stop_reason",
  "error",
] as const;

/**
 * What is wrong with a description, each fault as `<key> <what is wrong>; expected <what>`; empty when nothing is. It takes what a
 * schema has let through: names and types are right.
 */
export function restFaults(description: RestDescription): string[] {
  const { method = "POST", path = "", body, stream_body, response, events } = description;
  const faults: string[] = [];
  if (method === "GET" && body !== undefined) {
    faults.push("body is given, but GET has none; expected method POST, or path with a query");
  }
  if (stream_body !== undefined && method === "GET") {
    faults.push("stream_body is given, but GET has no body; expected method POST");
  } else if (stream_body !== undefined && body !== undefined && !isRecord(body)) {
    faults.push(
      "stream_body is given, but body is no map that it could be merged into; expected a body with keys",
    );
  }
  if (stream_body !== undefined && events === undefined) {
    faults.push(
      "events is missing, but stream_body asks for a stream; expected events.format and events.text",
    );
  }
  if (!staysAtEndpoint(path)) {
    faults.push(
      `path "${path}" leads away from the endpoint; expected a path, a query or both, like /generate`,
    );
  }
  faults.push(
    ...slotFaults(path, "path"),
    ...slotFaults(body, "body"),
    ...slotFaults(stream_body, "stream_body"),
  );
  if (response.format !== "text") faults.push(...placeFaults(response, "response"));
  else {
    const useless = placeNames.filter((name) => response[name] !== undefined && response[name] !== "");
    for (const name of useless) {
      faults.push(
        `response.${name} is a place in JSON, but the format is text; expected format json, or no places`,
      );
    }
  }
  if (events !== undefined) faults.push(...placeFaults(events, "events"));
  return faults;
}

function placeFaults(places: RestPlaces, key: string): string[] {
  const faults: string[] = [];
  if (places.text === undefined) {
    faults.push(
      `${key}.text is missing; expected the place of the text as a JSON Pointer, like /choices/0/text`,
    );
  }
  for (const name of placeNames) {
    const place = places[name];
    const fault = place === undefined ? null : pointerFault(place);
    if (fault === null) continue;
    faults.push(`${key}.${name} "${place}" is no JSON Pointer: ${fault}; expected one like /choices/0/text`);
  }
  return faults;
}

/** Slots that stand for nothing, anywhere in a value. */
function slotFaults(value: unknown, key: string): string[] {
  if (typeof value === "string") {
    return [...value.matchAll(restSlot)].map(([, name]) => name!)
      .filter((name) => !restSlotNames.includes(name) && !name.startsWith("parameters."))
      .map((name) =>
        `${key} holds {${name}}, which stands for nothing; expected {prompt}, {model}, {max_tokens}, {parameters} or ` +
        "{parameters.NAME}"
      );
  }
  if (Array.isArray(value)) return value.flatMap((item, i) => slotFaults(item, `${key}[${i}]`));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([name, item]) => slotFaults(item, `${key}.${name}`));
}

/** What is sent, and the key with it, may go nowhere but to the endpoint. */
function staysAtEndpoint(path: string): boolean {
  const filled = path.replaceAll(restSlot, "x");
  return !URL.canParse(filled) &&
    URL.parse(filled, "http://endpoint.invalid/")?.origin === "http://endpoint.invalid";
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
