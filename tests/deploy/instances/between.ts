/** A server between us and what stands for AWS: it may answer a call itself, or change an answer. */

/** @returns the answer in place of the other's; null: the other's. `real` sends the call on. */
export type Meddling = (
  action: string,
  real: () => Promise<string>,
) => Promise<Response | null> | Response | null;

export interface Between extends AsyncDisposable {
  readonly url: string;
  /** Names of the calls, in order. */
  readonly calls: string[];
}

export function between(cloudUrl: string, meddle: Meddling): Between {
  const calls: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const body = await request.text();
    const action = new URLSearchParams(body).get("Action") ?? "?";
    calls.push(action);
    const { pathname } = new URL(request.url);
    const headers = new Headers(request.headers);
    headers.delete("host");
    const send = () => fetch(cloudUrl + pathname, { method: request.method, headers, body });
    const answer = await meddle(action, async () => await (await send()).text());
    if (answer !== null) return answer;
    const { status, body: stream } = await send();
    return new Response(stream, { status, headers: { "content-type": "text/xml" } });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    calls,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** An answer in the words of EC2. */
export function xml(text: string, status = 200): Response {
  return new Response(text, { status, headers: { "content-type": "text/xml" } });
}

/** A refusal in the words of EC2. */
export function refusal(code: string, message: string, status = 400): Response {
  return xml(
    `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><RequestID>r</RequestID></Response>`,
    status,
  );
}

/** What an instance wrote to its console. */
export function consoleOutput(text: string): Response {
  return xml(
    `<GetConsoleOutputResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId>` +
      `<instanceId>i-1</instanceId><timestamp>2026-11-22T10:00:00Z</timestamp>` +
      `<output>${new TextEncoder().encode(text).toBase64()}</output></GetConsoleOutputResponse>`,
  );
}
