/** How long to wait before the next attempt: longer each time, never the same for all who have lost the same daemon. */
export class Backoff {
  #first;
  #most;
  #next;

  constructor(first, most) {
    this.#first = first;
    this.#most = most;
    this.#next = first;
  }

  reset() {
    this.#next = this.#first;
  }

  milliseconds() {
    const wait = this.#next;
    this.#next = Math.min(this.#most, this.#next * 1.7);
    return wait * (0.75 + Math.random() / 2);
  }
}
