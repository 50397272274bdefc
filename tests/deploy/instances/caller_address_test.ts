import assert from "node:assert/strict";
import { UserError } from "../../../lib/core/mod.ts";
import { callerRange, checkedRange, isPrivate } from "../../../lib/deploy/instances/caller_address.ts";

const says = (found: RegExp) => (error: unknown) => error instanceof UserError && found.test(error.message);

Deno.test("a range of one's own passes, the whole world never does", () => {
  for (const range of ["203.0.113.7/32", "10.0.0.0/8", "2001:db8::/32", "2001:db8::1/128"]) {
    assert.equal(checkedRange(range), range);
  }
  for (const range of ["0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/7", "::/0", "2000::/3"]) {
    assert.throws(
      () => checkedRange(range),
      says(/lets in far more than you; expected .* 203\.0\.113\.7\/32/),
    );
  }
  for (
    const range of [
      "203.0.113.7",
      "203.0.113.7/33",
      "me/32",
      "203.0.113.7/-1",
      "",
      "2001:db8::/129",
      "1.2.3.4/ 0",
    ]
  ) {
    assert.throws(() => checkedRange(range), says(/no range of addresses/), range);
  }
});

Deno.test("a range of a private network is told", () => {
  const ranges = [
    "10.1.2.3/32",
    "192.168.1.0/24",
    "172.16.0.0/12",
    "172.31.9.9/32",
    "100.64.0.1/32",
    "fd00::/48",
  ];
  assert.deepEqual(ranges.map(isPrivate), ranges.map(() => true));
  const others = ["203.0.113.7/32", "172.15.0.1/32", "172.32.0.1/32", "100.63.0.1/32", "2001:db8::/32", ""];
  assert.deepEqual(others.map(isPrivate), others.map(() => false));
});

async function answering(status: number, body: string, work: (url: string) => Promise<void>): Promise<void> {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response(body, { status }),
  );
  try {
    await work(`http://127.0.0.1:${server.addr.port}/`);
  } finally {
    await server.shutdown();
  }
}

const never = new AbortController().signal;

Deno.test("the address that AWS sees is let in, and that alone", async () => {
  await answering(
    200,
    "203.0.113.7\n",
    async (url) => assert.equal(await callerRange("e", url, never), "203.0.113.7/32"),
  );
});

Deno.test("an address that can't be known is a refusal with the key to set", async () => {
  const refusal = (why: string) =>
    says(
      new RegExp(`port of the server for "e".*${why}.*ec2\\.launch\\.caller_cidr.* opened for nobody else`),
    );
  await answering(
    200,
    "<html>log in</html>",
    (url) => assert.rejects(callerRange("e", url, never), refusal("no address")),
  );
  await answering(
    502,
    "203.0.113.7",
    (url) => assert.rejects(callerRange("e", url, never), refusal("HTTP 502")),
  );
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const nobody = `http://127.0.0.1:${listener.addr.port}/`;
  listener.close();
  await assert.rejects(callerRange("e", nobody, never), refusal("fetch failed"));
});
