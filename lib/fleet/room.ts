/** Whether the nodes of a cluster have room for so many copies, and which figure says no. */

/** What one node has for more copies, by the names of its resources. */
export type NodeRoom = Readonly<Record<string, number>>;

export interface Room {
  /** The most copies that the nodes take. */
  readonly workers: number;
  /** What falls short, for people, one entry a figure; empty: nothing does. */
  readonly short: readonly string[];
}

/**
 * How many copies nodes take when each has at most `per_node` of them and sets aside `need` for each.
 *
 * @param need of one copy; what is 0 is not looked at
 */
export function roomOn(
  nodes: readonly NodeRoom[],
  { workers, per_node, need }: {
    readonly workers: number;
    readonly per_node: number | null;
    readonly need: NodeRoom;
  },
): Room {
  const wanted = Object.entries(need).filter(([, amount]) => amount > 0);
  const most = per_node ?? Infinity;
  const fits = (node: NodeRoom, [name, amount]: [string, number]) => times(node[name] ?? 0, amount);
  const room = sum(nodes.map((node) => Math.min(most, workers, ...wanted.map((one) => fits(node, one)))));
  if (room >= workers) return { workers: room, short: [] };
  const of = nodes.length === 1 ? "1 node" : `${nodes.length} nodes`;
  const short = wanted.flatMap(([name, amount]) => {
    const alone = sum(nodes.map((node) => Math.min(workers, fits(node, [name, amount]))));
    const has = sum(nodes.map((node) => node[name] ?? 0));
    return alone >= workers
      ? []
      : [`${name}: ${figure(amount)} a worker is there for ${alone} (${figure(has)} on ${of})`];
  });
  if (nodes.length * most < workers) {
    short.push(`per_node: ${most} on each of ${of} is ${nodes.length * most}`);
  }
  if (short.length === 0) short.push(`${wanted.map(([name]) => name).join(", ")} and per_node together`);
  return { workers: room, short };
}

/** How often an amount is there; a hair less than a whole number is that number. */
function times(has: number, amount: number): number {
  return Math.floor(has / amount + 1e-9);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function figure(amount: number): string {
  return amount.toLocaleString("en-US", { maximumSignificantDigits: 4 });
}
