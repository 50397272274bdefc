/** Who may reach the server: the addresses that the security group lets in. */

import { isIP, isIPv4 } from "node:net";
import { messageOf, UserError } from "../../core/mod.ts";

/** AWS's own answer to the question where a call comes from; it takes no credentials. */
export const whereFrom = "https://checkip.amazonaws.com/";

const widest = { 4: 8, 6: 32 } as const;

/**
 * A range as the security group takes it.
 *
 * @throws {UserError} if it is none, or so wide that it lets in strangers
 */
export function checkedRange(caller_cidr: string): string {
  const [address = "", prefix = ""] = caller_cidr.split("/");
  const version = isIP(address);
  const bits = /^\d{1,3}$/.test(prefix) ? Number(prefix) : NaN;
  if (version === 0 || !(bits <= (version === 4 ? 32 : 128))) {
    throw refusal(caller_cidr, "it is no range of addresses");
  }
  if (bits < widest[version as 4 | 6]) throw refusal(caller_cidr, "it lets in far more than you");
  return caller_cidr;
}

function refusal(caller_cidr: string, found: string): UserError {
  return new UserError({
    action: "use ec2.launch.caller_cidr",
    thing: caller_cidr,
    found,
    expected: "the range of your own addresses, such as 203.0.113.7/32",
  });
}

/** Whether it is a range of a private network: then the instance is reached by its private address. */
export function isPrivate(range: string): boolean {
  return /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|f[cd])/i.test(
    range,
  );
}

/**
 * The range of this machine alone, as AWS sees it.
 *
 * @param url that answers with the address it was asked from
 * @throws {UserError} saying which key to set, if it can't be known
 */
export async function callerRange(experiment: string, url: string, signal: AbortSignal): Promise<string> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(10_000)]);
  let said: string;
  try {
    const answer = await fetch(url, { signal: limit });
    said = (await answer.text()).trim();
    if (answer.ok && isIPv4(said)) return `${said}/32`;
    said = answer.ok ? "the answer is no address" : `HTTP ${answer.status}`;
  } catch (error) {
    signal.throwIfAborted();
    said = messageOf(error);
  }
  throw new UserError({
    action: "open the port of the server for",
    thing: experiment,
    found: `the address that AWS sees this machine at can't be known (${url}: ${said})`,
    expected: "ec2.launch.caller_cidr: the range of your addresses, such as 203.0.113.7/32",
    remedy: "The port is opened for nobody else.",
  });
}
