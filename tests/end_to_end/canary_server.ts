/** A server in OpenAI's form that answers only who shows the key in its environment; every second time it fails and repeats the key. */

const key = Deno.env.get("SERVER_KEY");
let asked = 0;

Deno.serve({ hostname: "127.0.0.1", port: Number(Deno.args[0]), onListen: () => {} }, async (request) => {
  if (new URL(request.url).pathname === "/health") return new Response("ok");
  await request.text();
  const authorization = request.headers.get("authorization");
  const secret = request.headers.get("x-secret");
  if (authorization !== `Bearer ${key}` || !secret || ++asked % 2 === 0) {
    const message = `no luck with ${authorization} and ${secret}`;
    return Response.json({ error: { message } }, { status: 500 });
  }
  return Response.json({
    choices: [{ message: { role: "assistant", content: "2" }, finish_reason: "stop" }],
    usage: { prompt_tokens: 5, completion_tokens: 3 },
  });
});
