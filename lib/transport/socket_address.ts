/** `struct sockaddr_in` and `sockaddr_in6`. */

import { isIP } from "node:net";
import { AF_INET, AF_INET6 } from "./libc.ts";

/** Writes an address as connect(2) wants it, at an offset of the view. Returns its length, 16 or 28 bytes. */
export function writeSocketAddress(view: DataView, at: number, address: string, port: number): number {
  const six = isIP(address) === 6;
  const length = six ? 28 : 16;
  for (let i = 0; i < length; i++) view.setUint8(at + i, 0);
  view.setUint16(at, six ? AF_INET6 : AF_INET, true);
  view.setUint16(at + 2, port);
  if (six) sixteenBytes(address).forEach((byte, i) => view.setUint8(at + 8 + i, byte));
  else address.split(".").forEach((part, i) => view.setUint8(at + 4 + i, Number(part)));
  return length;
}

/** The bytes of an IPv6 address in any of its spellings. The URL parser knows them all. */
function sixteenBytes(address: string): number[] {
  const text = new URL(`http://[${address.replace(/%.*$/, "")}]`).hostname.slice(1, -1);
  const [head = "", tail] = text.split("::");
  const groups = (part: string) => part === "" ? [] : part.split(":").map((group) => parseInt(group, 16));
  const first = groups(head);
  const last = tail === undefined ? [] : groups(tail);
  const middle = new Array(8 - first.length - last.length).fill(0);
  return [...first, ...middle, ...last].flatMap((group) => [group >> 8, group & 255]);
}
