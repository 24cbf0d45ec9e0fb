// The order of the tiles.

const compare = new Intl.Collator(undefined, { numeric: true }).compare;
/** Tiles that change places at each heartbeat cannot be read. */
const leastMs = 3_000;

const orders = {
  name: (one, other) => compare(one.name, other.name),
  // Members without a live heart rate come last.
  rate: (one, other) => (other.liveBPM ?? 0) - (one.liveBPM ?? 0) || compare(one.name, other.name),
};

export class TileOrder {
  #sortedAt = 0;

  /** `list` holds the elements of the tiles. */
  constructor(list) {
    this.list = list;
  }

  /** Sorts by `name` or `rate`; any other order leaves the tiles as they were added. */
  apply(tiles, order, now) {
    if (!orders[order] || now - this.#sortedAt < leastMs || this.list.contains(document.activeElement)) return;
    this.#sortedAt = now;
    const sorted = [...tiles].sort(orders[order]).map((tile) => tile.element);
    if (sorted.some((element, index) => this.list.children[index] !== element)) this.list.replaceChildren(...sorted);
  }

  /** Sorts at the next call, whenever the last was. */
  reset() {
    this.#sortedAt = 0;
  }
}
