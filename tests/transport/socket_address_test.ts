import assert from "node:assert/strict";
import { writeSocketAddress } from "../../lib/transport/socket_address.ts";

function written(address: string, port: number): string {
  const bytes = new Uint8Array(40).fill(0xff);
  const length = writeSocketAddress(new DataView(bytes.buffer), 4, address, port);
  return bytes.slice(4, 4 + length).toHex();
}

Deno.test("an IPv4 address is family, port in network order, four bytes and zeros", () => {
  // AF_INET = 2 in the machine's order, 8080 = 1f90.
  assert.equal(written("127.0.0.1", 8080), "0200" + "1f90" + "7f000001" + "00".repeat(8));
});

Deno.test("an IPv6 address in any spelling is sixteen bytes after the flow label", () => {
  // AF_INET6 = 10; flow label and scope are zero.
  const around = (bytes: string) => "0a00" + "0050" + "00000000" + bytes + "00000000";
  assert.equal(written("::1", 80), around("00".repeat(15) + "01"));
  assert.equal(written("2001:db8::ff00:42:8329", 80), around("20010db8000000000000ff0000428329"));
  assert.equal(written("::ffff:192.0.2.1", 80), around("00".repeat(10) + "ffff" + "c0000201"));
  assert.equal(written("1:2:3:4:5:6:7:8", 80), around("00010002000300040005000600070008"));
});
