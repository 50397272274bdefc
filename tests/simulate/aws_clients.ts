/** The SDK's own clients against an embedded endpoint: they sign, and read what comes back. */

import { bedrockRuntime, sageMakerRuntime } from "../../lib/aws/mod.ts";
import { simulatedCredentials } from "../../lib/core/mod.ts";
import type { Simulation } from "../../lib/simulate/mod.ts";
import { userTransport } from "../../lib/transport/mod.ts";

interface Keys {
  readonly access_key_id: string;
  readonly secret_access_key: string;
  readonly session_token: string | null;
}

/** Both clients with the keys, and their end. */
export async function awsClients({ port }: Pick<Simulation, "port">, keys: Keys = simulatedCredentials) {
  const transport = userTransport();
  const options = {
    transports: { for: () => transport },
    region: "us-west-2",
    endpoint: `http://127.0.0.1:${port}`,
    credentials: {
      accessKeyId: keys.access_key_id,
      secretAccessKey: keys.secret_access_key,
      ...(keys.session_token === null ? {} : { sessionToken: keys.session_token }),
    },
    lookups: false,
  };
  const [bedrock, sageMaker] = [await bedrockRuntime(options), await sageMakerRuntime(options)];
  return { bedrock, sageMaker, [Symbol.dispose]: () => transport.close() };
}

/** All events of a stream, and the error that ended it. */
export async function all<Event>(stream: AsyncIterable<Event> | undefined) {
  const events: Event[] = [];
  try {
    for await (const event of stream ?? []) events.push(event);
    return { events, error: null };
  } catch (error) {
    return { events, error: error as Error };
  }
}
