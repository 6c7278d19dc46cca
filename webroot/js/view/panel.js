// What the lists of disks and of network interfaces have in common: asked for when an event says that something has changed, and every
// few seconds for their counters while somebody looks.
import { h, icon } from "../dom.js";
import { PLUS } from "../icons.js";
import { Signal } from "../signal.js";

const COUNT_MS = 2000;
const SOON_MS = 80;

export class Panel {
  element;
  /** New counters, summed over all. */
  measured = new Signal();
  #types;
  #list = h("ul", { class: "devices" });
  #empty;
  #soon = null;
  #timer;
  #closed = false;
  #rows = new Map();

  constructor(title, types, noun, onAdd) {
    this.#types = types;
    this.#empty = h("p", { class: "empty" }, `No ${noun}.`);
    const add = h("button", { type: "button", class: "small", onclick: onAdd }, icon(PLUS), ` Attach`, h("span", { class: "heard" }, ` a ${noun}`));
    this.element = h("section", { class: "card", ariaLabel: title }, h("div", { class: "card-head" }, h("h2", {}, title), add), this.#list, this.#empty);
    this.#timer = setInterval(() => document.hidden || this.refresh(), COUNT_MS);
    // After the constructor of what extends it.
    queueMicrotask(() => this.refresh());
  }

  message(message) {
    if (!this.#closed && (this.#types.includes(message.type) || message.subtype === "DOMAIN.CHANGED")) {
      this.#soon ??= setTimeout(() => {
        this.#soon = null;
        this.refresh();
      }, SOON_MS);
    }
  }

  async refresh() {
    if (this.#closed) {
      return;
    }
    try {
      const devices = await this.fetch();
      if (!this.#closed) {
        this.#show(devices);
        this.measured.tell(this.sum(devices));
      }
    } catch (failure) {
      // A lost daemon and a domain that is gone are told elsewhere.
      if (failure.status === 404) {
        this.close();
      }
    }
  }

  #show(devices) {
    const keys = new Set(devices.map((device) => this.key(device)));
    for (const [key, row] of this.#rows) {
      if (!keys.has(key)) {
        row.element.remove();
        this.#rows.delete(key);
      }
    }
    for (const device of devices) {
      const key = this.key(device);
      const row = this.#rows.get(key) ?? this.row(device);
      if (!this.#rows.has(key)) {
        this.#rows.set(key, row);
        this.#list.append(row.element);
      }
      row.show(device);
    }
    this.#empty.hidden = devices.length > 0;
  }

  close() {
    this.#closed = true;
    clearInterval(this.#timer);
    clearTimeout(this.#soon);
  }
}

/** A line of a device: its name, its state, facts below, and buttons. */
export function deviceRow(name, buttons) {
  const title = h("strong", {}, name);
  const state = h("span", { class: "state small" });
  const facts = h("p", { class: "device-facts" });
  const element = h("li", { class: "device" }, h("div", { class: "device-head" }, title, state), facts, h("div", { class: "buttons small" }, buttons));
  return { element, title, state, facts };
}

export const smallButton = (path, label, device, run, danger = false) =>
  h("button", { type: "button", class: `small${danger ? " danger" : ""}`, ariaLabel: `${label} ${device}`, onclick: run }, icon(path), ` ${label}`);
