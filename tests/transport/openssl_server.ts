/** `openssl s_server`: a TLS server that can be told what no other here can. */

import type { KeyPair } from "./certificates.ts";

export interface OpensslServer extends AsyncDisposable {
  readonly port: number;
  /** Waits until it has shown this after what it was last waited for: what it receives, and what it does. */
  shown(pattern: RegExp): Promise<void>;
  /** Writes to its standard input: a letter that is a command, or text for the client. */
  say(text: string): Promise<void>;
}

/** Starts one with these arguments on a free port of the loopback interface. */
export async function opensslServer({ cert, key }: KeyPair, ...args: string[]): Promise<OpensslServer> {
  const root = await Deno.makeTempDir();
  await Deno.writeTextFile(`${root}/pair.pem`, cert + key);
  const child = new Deno.Command("openssl", {
    args: ["s_server", "-accept", "127.0.0.1:0", "-cert", "pair.pem", ...args],
    cwd: root,
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const output = child.stdout.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
  const writer = child.stdin.getWriter();
  let seen = "";
  const matched = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const match = pattern.exec(seen);
      if (match !== null) {
        seen = seen.slice(match.index + match[0].length);
        return match;
      }
      const { value, done } = await output.next();
      if (done) throw new Error(`it ended without ${pattern}: ${seen}`);
      seen += value;
    }
  };
  const port = Number((await matched(/ACCEPT 127\.0\.0\.1:(\d+)\n/))[1]);
  return {
    port,
    async shown(pattern) {
      await matched(pattern);
    },
    async say(text) {
      await writer.write(new TextEncoder().encode(text));
    },
    async [Symbol.asyncDispose]() {
      child.kill();
      await writer.close().catch(() => {});
      await output.return?.();
      await child.status;
      await Deno.remove(root, { recursive: true });
    },
  };
}
