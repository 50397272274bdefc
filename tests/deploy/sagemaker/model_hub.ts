/** A Hub with one model, `org/model`. */

import { createHash } from "node:crypto";

const text = (size: number, letter: string) => letter.repeat(size);
const files: Readonly<Record<string, string>> = {
  ".gitattributes": "*.safetensors filter=lfs",
  "README.md": "# A model",
  "config.json": "{}",
  "model.safetensors": text(40_000, "w"),
  "original/consolidated.00.pth": text(50_000, "o"),
  "pytorch_model.bin": text(40_000, "p"),
  "tokenizer.json": '{"model": {}}',
};
export interface ModelHub {
  readonly endpoint: string;
  /** Files that were asked for, in order. */
  readonly asked: string[];
  /** Sets the revision that `main` is. */
  commit(sha: string): void;
}

export async function withModelHub(body: (hub: ModelHub) => Promise<void>): Promise<void> {
  const asked: string[] = [];
  let sha = "a".repeat(40);
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/api/models/org/model/revision/main") return Response.json({ sha });
    if (pathname === `/api/models/org/model/tree/${sha}`) {
      const entries = Object.entries(files).map(([path, { length: size }]) => ({ type: "file", path, size }));
      return Response.json([{ type: "directory", path: "original" }, ...entries]);
    }
    const path = decodeURI(pathname).replace(`/org/model/resolve/${sha}/`, "");
    const content = files[path];
    if (content === undefined) return new Response(null, { status: 404 });
    if (request.method === "GET") asked.push(path);
    const etag = createHash("sha256").update(content).digest("hex");
    const headers = { etag: `"${etag}"`, "content-length": String(content.length) };
    return new Response(request.method === "HEAD" ? null : content, { headers });
  });
  try {
    await body({ endpoint: `http://127.0.0.1:${server.addr.port}`, asked, commit: (next) => sha = next });
  } finally {
    await server.shutdown();
  }
}
