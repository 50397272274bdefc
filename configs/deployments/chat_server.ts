/**
 * A small server that speaks OpenAI's chat completions and always says the same: what `local_chat.ts` deploys. Its one argument is
 * `{"model", "nonce", "port"}`.
 */

interface Options {
  readonly model: string;
  readonly nonce: string;
  readonly port: number;
}

const words = ["Nobody", " knows", " for", " sure", "."];
const usage = { prompt_tokens: 8, completion_tokens: words.length };

if (import.meta.main) {
  const { model, nonce, port }: Options = JSON.parse(Deno.args[0] ?? "{}");
  Deno.serve({ hostname: "127.0.0.1", port, onListen() {} }, async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/health") return Response.json({ nonce, pid: Deno.pid });
    if (pathname === "/end" && request.headers.get("x-nonce") === nonce) {
      setTimeout(() => Deno.exit(0), 50);
      return Response.json({ ended: true });
    }
    if (pathname !== "/v1/chat/completions") return new Response("not here", { status: 404 });
    const { stream = false } = await request.json();
    if (!stream) {
      const message = { role: "assistant", content: words.join("") };
      return Response.json({ model, choices: [{ index: 0, message, finish_reason: "stop" }], usage });
    }
    const events = [
      ...words.map((content) => ({
        model,
        choices: [{ index: 0, delta: { content }, finish_reason: null }],
      })),
      { model, choices: [{ index: 0, delta: {}, finish_reason: "stop" }], usage },
    ];
    const text = [...events.map((event) => JSON.stringify(event)), "[DONE]"].map((data) =>
      `data: ${data}\n\n`
    );
    const body = ReadableStream.from(text).pipeThrough(new TextEncoderStream());
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  });
}
