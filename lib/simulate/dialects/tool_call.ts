/** The answer as a call of the function `answer({"answer": TEXT})`. */

/** Its arguments in as many pieces as there are tokens: piece `position` of `count`. */
export function argumentsPart(token: string, position: number, count: number): string {
  const open = position === 0 ? '{"answer":"' : "";
  const close = position === count - 1 ? '"}' : "";
  return open + JSON.stringify(token).slice(1, -1) + close;
}

/** In OpenAI's form; the first piece names the function. */
export function toolCallPart(token: string, position: number, count: number) {
  const args = argumentsPart(token, position, count);
  return position === 0
    ? { index: 0, id: "call_1", type: "function", function: { name: "answer", arguments: args } }
    : { index: 0, function: { arguments: args } };
}

export function wholeToolCall(text: string) {
  const call = { name: "answer", arguments: JSON.stringify({ answer: text }) };
  return { id: "call_1", type: "function", function: call };
}
