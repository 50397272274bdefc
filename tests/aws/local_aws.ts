/** What the tests of this folder share: a local server that speaks the services' wire protocols, and clients for it. */

import { type AddressInfo, createServer } from "node:net";
import {
  type AwsClientOptions,
  bedrockRuntime,
  type RecordedAnswer,
  Recording,
  sageMakerRuntime,
  type SignedCall,
} from "../../lib/aws/mod.ts";
import { EventStreamScanner, type SendResult, type Transport } from "../../lib/transport/mod.ts";
import {
  type Answering,
  type Script,
  type ScriptedServer,
  scriptedServer,
} from "../transport/scripted_server.ts";

export const secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
export const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: secret };

/** Runs a test against a server that follows the script, with clients whose ordinary calls use the transport. */
export async function against(
  open: () => Transport,
  script: Script,
  body: (on: {
    server: ScriptedServer;
    transport: Transport;
    bedrock: Awaited<ReturnType<typeof bedrockRuntime>>;
    sageMaker: Awaited<ReturnType<typeof sageMakerRuntime>>;
  }) => Promise<void>,
  given: Partial<AwsClientOptions> = {},
): Promise<void> {
  using server = scriptedServer(script);
  const transport = open();
  const options = {
    transports: { for: () => transport },
    region: "us-west-2",
    endpoint: server.url,
    credentials,
    ...given,
  };
  try {
    const [bedrock, sageMaker] = [await bedrockRuntime(options), await sageMakerRuntime(options)];
    await body({ server, transport, bedrock, sageMaker });
  } finally {
    transport.close();
  }
}

/** A server that resets every connection (RST) as soon as a request begins. */
export async function resettingServer(): Promise<
  { url: string; port: number; readonly connections: number } & Disposable
> {
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    socket.on("error", () => {});
    socket.once("data", () => socket.resetAndDestroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    get connections() {
      return connections;
    },
    [Symbol.dispose]: () => void server.close(),
  };
}

/** A JSON answer with further headers. */
export function json(value: unknown, status = "200 OK", headers: Record<string, string> = {}): string {
  const body = JSON.stringify(value);
  const all = { "content-type": "application/json", "content-length": String(body.length), ...headers };
  const lines = Object.entries(all).map(([name, text]) => `${name}: ${text}\r\n`).join("");
  return `HTTP/1.1 ${status}\r\n${lines}\r\n${body}`;
}

/** The head of an event stream in HTTP chunks. */
export const eventStreamHead = "HTTP/1.1 200 OK\r\ncontent-type: application/vnd.amazon.eventstream\r\n" +
  "x-amzn-requestid: r-1\r\ntransfer-encoding: chunked\r\n\r\n";

/** One HTTP chunk of bytes; without any, the one that ends the body. */
export function httpChunk(bytes: Uint8Array = new Uint8Array()): Uint8Array {
  const size = new TextEncoder().encode(`${bytes.length.toString(16)}\r\n`);
  return Uint8Array.of(...size, ...bytes, 13, 10);
}

/** Answers with an event stream of these messages, cut into writes of so many bytes. */
export async function sendFrames(
  { send }: Answering,
  frames: readonly Uint8Array[],
  size = Infinity,
): Promise<void> {
  await send(eventStreamHead);
  const bytes = Uint8Array.from(frames.flatMap((each) => [...each]));
  for (let at = 0; at < bytes.length; at += size) await send(httpChunk(bytes.subarray(at, at + size)));
  await send(httpChunk());
}

/** An event as the scanner saw it on arrival. */
export interface Arrival {
  readonly type: string;
  readonly at_ms: number;
}

/** Sends a signed call; what came is kept for the SDK, and events are stamped as they come. */
export async function exchanged(
  transport: Transport,
  call: SignedCall<unknown>,
  onArrival: () => void = () => {},
): Promise<{ recorded: RecordedAnswer; arrivals: Arrival[]; result: SendResult }> {
  const recording = new Recording();
  const arrivals: Arrival[] = [];
  const scanner = new EventStreamScanner(({ headers, at_ms }) => {
    arrivals.push({ type: String(headers.get(":event-type") ?? headers.get(":exception-type")), at_ms });
    onArrival();
  });
  const result = await transport.send(call.request, {
    onHead: (head) => recording.onHead(head),
    onData(bytes, at_ms) {
      recording.onData(bytes);
      scanner.push(bytes, at_ms);
    },
  });
  return { recorded: recording.answer(result.failure), arrivals, result };
}

/** What an event stream of the SDK brings, and the error that ended it. */
export async function drained<Event>(
  stream: AsyncIterable<Event> | undefined,
): Promise<{ events: Event[]; error: unknown }> {
  const events: Event[] = [];
  try {
    for await (const each of stream!) events.push(each);
    return { events, error: null };
  } catch (error) {
    return { events, error };
  }
}
