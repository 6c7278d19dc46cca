/** Something that happens; whoever listens is told, and stops by calling what `listen` gave. */
export class Signal {
  #listeners = new Set();

  listen(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(...what) {
    for (const listener of [...this.#listeners]) {
      listener(...what);
    }
  }
}

/** What ends together: a view's listeners, timers and graphs. */
export class Ends {
  #ends = [];

  add(...ends) {
    this.#ends.push(...ends);
  }

  close() {
    for (const end of this.#ends.splice(0)) {
      end();
    }
  }
}
