/**
 * Measures how far this machine's client can be believed: a process of its own, as what talks with the controller must not stand still
 * meanwhile. Takes a `CertifyOrder` and a folder as arguments, writes the certificate to standard output.
 */

import { certify, ladderFor } from "../certify/mod.ts";
import type { CertifyOrder } from "./messages.ts";

const [order = "", scratch_dir = ""] = Deno.args;
const { streams, rate_rps, seconds } = JSON.parse(order) as CertifyOrder;
const certificate = await certify({
  ladder: ladderFor({ streams, rate_rps }),
  planned_streams: streams,
  planned_rate_rps: rate_rps,
  seconds,
  // Other workers of the fleet may be on this machine, and are certified now, too.
  alone: false,
  machine: { cores: navigator.hardwareConcurrency },
  scratch_dir,
});
console.log(JSON.stringify(certificate));
