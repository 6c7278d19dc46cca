// What happens on this host, as it happens, with what has happened before.
import { journal } from "../api.js";
import { h, write } from "../dom.js";
import { clock } from "../format.js";
import { Ends } from "../signal.js";
import { describe } from "../wording.js";

const SHOWN = 300;

/** Rows of messages, newest first; the same for the host and for one domain. */
export class EventRows {
  element;
  #list = h("ol", { class: "events", ariaLabel: "Events, newest first", tabindex: "0" });
  #empty = h("p", { class: "empty" }, "Nothing yet.");
  #board;
  #wanted;
  #seen = new Set();
  #waiting = [];
  #frame = null;
  #most;
  #withDomain;
  paused = false;

  constructor(board, wanted, { most = SHOWN, withDomain = true } = {}) {
    this.#board = board;
    this.#wanted = wanted;
    this.#most = most;
    this.#withDomain = withDomain;
    this.element = h("div", { class: "events-box" }, this.#list, this.#empty);
  }

  /** Many messages at once are drawn at once. */
  add(message) {
    if (!this.#wanted(message)) {
      return;
    }
    this.#waiting.push(message);
    this.#waiting.splice(0, Math.max(0, this.#waiting.length - this.#most));
    if (!this.paused) {
      this.#frame ??= requestAnimationFrame(() => this.draw());
    }
  }

  draw() {
    this.#frame = null;
    for (const message of this.#waiting.splice(0)) {
      if (!this.#seen.has(message.sequence)) {
        this.#seen.add(message.sequence);
        this.#place(this.#row(message), message.sequence);
      }
    }
    while (this.#list.childElementCount > this.#most) {
      this.#seen.delete(Number(this.#list.lastChild.dataset.sequence));
      this.#list.lastChild.remove();
    }
    this.#empty.hidden = this.#list.childElementCount > 0;
  }

  #place(row, sequence) {
    let next = this.#list.firstChild;
    while (next !== null && Number(next.dataset.sequence) > sequence) {
      next = next.nextSibling;
    }
    this.#list.insertBefore(row, next);
  }

  clear() {
    this.#list.replaceChildren();
    this.#seen.clear();
    this.#waiting = [];
  }

  #row(message) {
    const domain = this.#board.domains.get(message.domain);
    const who = domain ? h("a", { href: `#/domains/${message.domain}` }, domain.name) : message.domain ? (message.payload.name ?? `domain ${message.domid}`) : "host";
    return h(
      "li",
      { data: { sequence: message.sequence, type: message.type, subtype: message.subtype } },
      h("time", { datetime: message.time, title: message.time }, clock(message.time)),
      h("span", { class: "event-kind" }, message.subtype),
      this.#withDomain && h("span", { class: "event-who" }, who),
      h("span", { class: "event-text" }, describe(message)),
    );
  }
}

const KINDS = [
  ["", "All but console activity"],
  ["DOMAIN", "Lives of domains"],
  ["BLKIF_BE,BLKIF_FE", "Disks"],
  ["NETIF_BE,NETIF_FE", "Network interfaces"],
  ["SHUTDOWN,MEM_REQUEST,VCPU_HOTPLUG", "Requests"],
  ["CONSOLE", "Consoles"],
  ["HYPERVISOR", "The hypervisor's log"],
];

export function eventsView(board) {
  const ends = new Ends();
  const kind = h("select", { ariaLabel: "Which events" }, KINDS.map(([value, text]) => h("option", { value }, text)));
  const pause = h("button", { type: "button", ariaPressed: "false" }, "Hold");
  const wanted = (message) => (kind.value === "" ? message.subtype !== "CONSOLE.ACTIVITY" : kind.value.split(",").includes(message.type));
  const rows = new EventRows(board, wanted);
  const element = h(
    "section",
    { class: "card" },
    h("div", { class: "card-head" }, h("h1", {}, "Events"), h("div", { class: "tools" }, kind, pause)),
    rows.element,
  );
  const older = async () => {
    rows.clear();
    board.events.forEach((message) => rows.add(message));
    rows.draw();
    const last = board.stream.last ?? 0;
    const first = board.events[0]?.sequence ?? last + 1;
    if (first > 1) {
      const query = { since: String(Math.max(0, first - SHOWN)), until: String(first - 1) };
      (await journal(kind.value === "" ? query : { ...query, types: kind.value }, SHOWN)).forEach((message) => rows.add(message));
      rows.draw();
    }
  };
  const load = () => older().catch(() => {});
  kind.addEventListener("change", load);
  pause.addEventListener("click", () => {
    rows.paused = !rows.paused;
    pause.setAttribute("aria-pressed", String(rows.paused));
    write(pause, rows.paused ? "Go on" : "Hold");
    rows.paused || rows.draw();
  });
  ends.add(board.stream.message.listen((message) => rows.add(message)), board.stream.changed.listen((state) => state === "live" && load()));
  load();
  return { element, title: "Events", close: () => ends.close() };
}
