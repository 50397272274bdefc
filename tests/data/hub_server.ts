/** A server on this machine that answers as the Hugging Face Hub does. */

import { createHash } from "node:crypto";

/** A file as the Hub keeps it: large ones lie in a store of their own under their SHA-256. */
export interface HubFile {
  readonly content: Uint8Array<ArrayBuffer>;
  /** @default true */
  readonly large?: boolean;
}

export interface HubDataset {
  /** Path -> content: the set's own files. */
  readonly files?: Readonly<Record<string, HubFile>>;
  /** Subset -> split -> Parquet files that the Hub has made. */
  readonly parquet?: Readonly<Record<string, Readonly<Record<string, readonly Uint8Array<ArrayBuffer>[]>>>>;
  /** Token without which nothing but the description is given. */
  readonly gatedBy?: string;
  /** Where the set went. */
  readonly movedTo?: string;
}

/** A request as the server saw it. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly range: string | null;
  readonly authorization: string | null;
  /** `hub`, or the `store` that it redirects to. */
  readonly at: "hub" | "store";
}

export interface HubServer {
  readonly endpoint: string;
  readonly seen: Seen[];
  /** Sends this many bytes of the next file and then breaks off; one entry for each time. */
  readonly cuts: number[];
  /** Times that a file arrives with a wrong byte in it. */
  spoil: number;
  /** Times that the Hub answers 503. */
  overloaded: number;
}

/** Runs a test against a Hub with these data sets; the store is on a port of its own, as the Hub's is on another host. */
export async function withHub(
  sets: Readonly<Record<string, HubDataset>>,
  run: (hub: HubServer) => Promise<void>,
): Promise<void> {
  const hub = new FakeHub(sets);
  const options = {
    port: 0,
    hostname: "127.0.0.1",
    onListen() {},
    onError: () => new Response(null, { status: 500 }),
  };
  const api = Deno.serve(options, (request) => hub.answer(request, "hub"));
  const store = Deno.serve(options, (request) => hub.answer(request, "store"));
  hub.endpoint = `http://127.0.0.1:${api.addr.port}`;
  hub.store = `http://127.0.0.1:${store.addr.port}`;
  try {
    await run(hub);
  } finally {
    await Promise.all([api.shutdown(), store.shutdown()]);
  }
}

const sha256 = (content: Uint8Array) => createHash("sha256").update(content).digest("hex");
const gitHash = (content: Uint8Array) =>
  createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");

class FakeHub implements HubServer {
  endpoint = "";
  store = "";
  readonly seen: Seen[] = [];
  readonly cuts: number[] = [];
  spoil = 0;
  overloaded = 0;
  readonly #sets: Readonly<Record<string, HubDataset>>;
  readonly #stored = new Map<string, Uint8Array<ArrayBuffer>>();

  constructor(sets: Readonly<Record<string, HubDataset>>) {
    this.#sets = sets;
  }

  answer(request: Request, at: Seen["at"]): Response {
    const { pathname } = new URL(request.url);
    const path = decodeURIComponent(pathname);
    const { headers, method } = request;
    this.seen.push({
      method,
      path,
      range: headers.get("range"),
      authorization: headers.get("authorization"),
      at,
    });
    if (at === "store") return this.#send(request, this.#stored.get(path.slice(1))!);
    if (this.overloaded > 0) {
      this.overloaded--;
      return new Response("busy", { status: 503 });
    }
    return this.#api(request, path);
  }

  #api(request: Request, path: string): Response {
    const [, repo, rest] = /^\/(?:api\/)?datasets\/([^/]+\/[^/]+)(\/.*)?$/.exec(path) ?? [];
    const set = repo === undefined ? undefined : this.#sets[repo];
    if (repo === undefined || set === undefined) {
      return Response.json({ error: "Repository not found" }, {
        status: 401,
        headers: { "x-error-code": "RepoNotFound" },
      });
    }
    if (set.movedTo !== undefined) {
      return new Response(null, { status: 307, headers: { location: path.replace(repo, set.movedTo) } });
    }
    if (rest === undefined) {
      return Response.json({ id: repo, sha: "0123abc", gated: set.gatedBy !== undefined });
    }
    if (set.gatedBy !== undefined && request.headers.get("authorization") !== `Bearer ${set.gatedBy}`) {
      return Response.json({ error: "Access to this dataset is restricted." }, {
        status: request.headers.has("authorization") ? 403 : 401,
        headers: { "x-error-code": "GatedRepo" },
      });
    }
    return this.#content(request, repo, set, rest);
  }

  #content(request: Request, repo: string, set: HubDataset, rest: string): Response {
    if (rest === "/parquet") {
      if (set.parquet === undefined) return Response.json({ error: "no Parquet" }, { status: 404 });
      return Response.json(
        mapped(
          set.parquet,
          (files, subset, split) =>
            files.map((_, index) =>
              `${this.endpoint}/api/datasets/${repo}/parquet/${subset}/${split}/${index}.parquet`
            ),
        ),
      );
    }
    const parquet = /^\/parquet\/(.+)\/(.+)\/(\d+)\.parquet$/.exec(rest);
    if (parquet !== null) {
      const [, subset, split, index] = parquet as unknown as [string, string, string, string];
      const location =
        `${this.endpoint}/datasets/${repo}/resolve/refs%2Fconvert%2Fparquet/${subset}/${split}/${index}.parquet`;
      return new Response(null, { status: 302, headers: { location } });
    }
    if (rest.startsWith("/tree/")) return this.#tree(request, repo, set);
    const [, subset, split, index] =
      /^\/resolve\/refs\/convert\/parquet\/(.+)\/(.+)\/(\d+)\.parquet$/.exec(rest) ??
        [];
    if (index !== undefined) {
      return this.#resolve(request, { content: set.parquet![subset!]![split!]![+index]! });
    }
    const file = set.files?.[/^\/resolve\/\w+\/(.+)$/.exec(rest)?.[1] ?? ""];
    return file === undefined
      ? new Response("Entry not found", { status: 404 })
      : this.#resolve(request, file);
  }

  /** One file a page: nobody may rely on the first page alone. */
  #tree(request: Request, repo: string, set: HubDataset): Response {
    const paths = Object.keys(set.files ?? {});
    const page = Number(new URL(request.url).searchParams.get("cursor") ?? 0);
    const next = `<${this.endpoint}/api/datasets/${repo}/tree/main?recursive=true&cursor=${
      page + 1
    }>; rel="next"`;
    return Response.json(paths.slice(page, page + 1).map((path) => ({ type: "file", path })), {
      headers: page + 1 < paths.length ? { link: next } : {},
    });
  }

  #resolve(request: Request, { content, large = true }: HubFile): Response {
    if (!large) return this.#send(request, content, { etag: `"${gitHash(content)}"` });
    const hash = sha256(content);
    this.#stored.set(hash, content);
    return new Response(null, {
      status: 302,
      headers: {
        location: `${this.store}/${hash}`,
        "x-linked-etag": `"${hash}"`,
        "x-linked-size": String(content.length),
      },
    });
  }

  #send(request: Request, whole: Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}): Response {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.get("range") ?? "")?.[1] ?? 0);
    const length = String(whole.length - from);
    const status = from > 0 ? 206 : 200;
    const range = from > 0 ? { "content-range": `bytes ${from}-${whole.length - 1}/${whole.length}` } : {};
    const all = { ...headers, ...range, "content-length": length };
    if (request.method === "HEAD") return new Response(null, { status, headers: all });
    const content = whole.slice(from);
    if (this.spoil > 0) {
      this.spoil--;
      content[0]! ^= 1;
    }
    const cut = this.cuts.shift();
    if (cut === undefined) return new Response(content, { status, headers: all });
    const body = new ReadableStream<Uint8Array>({
      type: "bytes",
      start(controller) {
        if (cut > 0) controller.enqueue(content.slice(0, cut));
      },
      // Only what the reader has taken may be followed by the break.
      pull: (controller) => controller.error(new Error("cut")),
    });
    return new Response(body, { status, headers: all });
  }
}

function mapped<T, U>(
  listing: Readonly<Record<string, Readonly<Record<string, T>>>>,
  change: (value: T, subset: string, split: string) => U,
): Record<string, Record<string, U>> {
  return Object.fromEntries(
    Object.entries(listing).map(([subset, splits]) => [
      subset,
      Object.fromEntries(
        Object.entries(splits).map(([split, value]) => [split, change(value, subset, split)]),
      ),
    ]),
  );
}
