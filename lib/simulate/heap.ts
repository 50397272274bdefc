/** A queue by time: the earliest comes out first, and of equal times the one that was put in first. */

interface Node<T> {
  readonly at: number;
  readonly order: number;
  readonly item: T;
}

const before = <T>(a: Node<T>, b: Node<T>) => a.at < b.at || (a.at === b.at && a.order < b.order);

export class Heap<T> {
  readonly #nodes: Node<T>[] = [];
  #order = 0;

  get size(): number {
    return this.#nodes.length;
  }

  push(at: number, item: T): void {
    const nodes = this.#nodes;
    const node = { at, order: this.#order++, item };
    let position = nodes.length;
    while (position > 0) {
      const parent = (position - 1) >> 1;
      if (!before(node, nodes[parent]!)) break;
      nodes[position] = nodes[parent]!;
      position = parent;
    }
    nodes[position] = node;
  }

  peek(): T | null {
    return this.#nodes[0]?.item ?? null;
  }

  pop(): T | null {
    const nodes = this.#nodes;
    const top = nodes[0];
    const moved = nodes.pop();
    if (top === undefined || moved === undefined) return null;
    if (nodes.length > 0) this.#sink(moved);
    return top.item;
  }

  #sink(node: Node<T>): void {
    const nodes = this.#nodes;
    let position = 0;
    while (true) {
      let child = 2 * position + 1;
      if (child >= nodes.length) break;
      if (child + 1 < nodes.length && before(nodes[child + 1]!, nodes[child]!)) child++;
      if (!before(nodes[child]!, node)) break;
      nodes[position] = nodes[child]!;
      position = child;
    }
    nodes[position] = node;
  }
}
