// What was measured of each domain, for graphs: two seconds between two, five minutes in all.

const KEPT = 150;

export class Samples {
  #series = new Map();

  /** Notes counters that only grow (per second they are rates) and values that are as they are. */
  note(key, counters, values = {}, now = performance.now() / 1000) {
    const list = this.#series.get(key) ?? [];
    const last = list.at(-1);
    const rates = {};
    for (const [name, count] of Object.entries(counters)) {
      const before = last?.counters[name];
      // A counter that went back belongs to another boot.
      rates[name] = before === undefined || count < before ? null : (count - before) / Math.max(0.001, now - last.time);
    }
    list.push({ time: now, wall: Date.now() / 1000, counters, shown: { ...rates, ...values } });
    list.splice(0, Math.max(0, list.length - KEPT));
    this.#series.set(key, list);
  }

  /** The newest value of each name. */
  latest(key) {
    return this.#series.get(key)?.at(-1)?.shown ?? {};
  }

  /** Columns for a graph: times, then one for each name. */
  columns(key, ...names) {
    const list = this.#series.get(key) ?? [];
    return [list.map((sample) => sample.wall), ...names.map((name) => list.map((sample) => sample.shown[name] ?? null))];
  }

  keepOnly(keys) {
    for (const key of [...this.#series.keys()]) {
      if (!keys.has(key)) {
        this.#series.delete(key);
      }
    }
  }
}
