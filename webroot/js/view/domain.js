// One domain: its console, its state, its devices, its numbers and what happens to it.
import { journal } from "../api.js";
import { ConsolePane } from "../console/pane.js";
import { fill, h, icon, write } from "../dom.js";
import { bytes, count, duration, mib, percent } from "../format.js";
import { Graph } from "../graph.js";
import { Ends } from "../signal.js";
import { ACTIONS, act, isControlDomain, showState, stateBadge } from "../state.js";
import { DiskPanel } from "./disks.js";
import { DisplayPanel } from "./display.js";
import { EventRows } from "./events.js";
import { VifPanel } from "./vifs.js";

const HISTORY_MS = 3600_000;
const EVENTS_SHOWN = 60;
const NOISE = new Set(["CONSOLE.ACTIVITY"]);

export function domainView(board, [uuid]) {
  const ends = new Ends();
  const page = new DomainPage(board, uuid, ends);
  ends.add(board.changed.listen(() => page.show()), board.sampled.listen(() => page.graph()), board.stream.message.listen((message) => page.message(message)));
  page.show();
  return {
    element: page.element,
    title: board.domains.get(uuid)?.name ?? "Domain",
    keys: { c: () => page.console?.focus(), p: () => page.togglePause() },
    close: () => ends.close(),
  };
}

class DomainPage {
  element = h("div", { class: "stack" }, h("p", { class: "loading" }, "Asking for the domain…"));
  console = null;
  #board;
  #uuid;
  #ends;
  #domain = null;
  #built = false;
  #gone = false;
  #badge = stateBadge("running");
  #facts = h("p", { class: "facts-line" });
  #name = h("h1", {}, "");
  #buttons = new Map();
  #crash = h("div", { class: "crash", role: "alert", hidden: true });
  #lastWords = h("pre", { tabindex: "0", ariaLabel: "Last lines of the console" });
  #factsShown = "";
  #panels = [];
  #graphs = [];
  #rows;

  constructor(board, uuid, ends) {
    this.#board = board;
    this.#uuid = uuid;
    this.#ends = ends;
    this.#rows = new EventRows(board, (message) => message.domain === uuid && !NOISE.has(message.subtype), { most: EVENTS_SHOWN, withDomain: false });
  }

  show() {
    const domain = this.#board.domains.get(this.#uuid);
    if (domain) {
      this.#domain = domain;
      this.#built || this.#build();
      this.#refresh();
    } else if (this.#board.host !== null) {
      this.#isGone();
    }
  }

  #build() {
    this.#built = true;
    const domain = this.#domain;
    const guest = !isControlDomain(domain);
    document.title = `${domain.name} · xcs`;
    const actions = h("div", { class: "buttons actions", role: "group", ariaLabel: "State" }, guest && ACTIONS.map((action) => this.#button(action)));
    const head = h("header", { class: "domain-head" }, h("div", { class: "domain-title" }, this.#name, this.#badge), actions, this.#facts);
    const side = h("div", { class: "side stack" });
    const main = h("div", { class: "stack" }, this.#crash);
    if (guest) {
      this.console = new ConsolePane({ uuid: this.#uuid, name: domain.name, onCrash: (lines) => this.#showCrash(lines) });
      this.#ends.add(() => this.console.close());
      main.append(this.console.element);
    }
    if (domain.type === "hvm") {
      const display = new DisplayPanel(this.#uuid, domain.name);
      this.#ends.add(() => display.close());
      main.append(display.element);
    }
    main.append(h("section", { class: "card", ariaLabel: "Events of this domain" }, h("h2", {}, "Events"), this.#rows.element));
    side.append(this.#graphCard());
    if (guest) {
      const disks = new DiskPanel(this.#board, this.#uuid);
      const vifs = new VifPanel(this.#board, this.#uuid);
      this.#panels = [disks, vifs];
      this.#panels.forEach((panel) => this.#ends.add(() => panel.close()));
      disks.measured.listen((now) => this.#note("disk", now));
      vifs.measured.listen((now) => this.#note("net", now));
      side.append(disks.element, vifs.element);
    }
    fill(this.element, head, h("div", { class: "domain" }, main, side));
    this.#history();
  }

  #button(action) {
    const button = h("button", { type: "button", class: action.danger ? "danger" : "", onclick: () => act(action, this.#domain, button) }, icon(action.icon), " ", action.label);
    this.#buttons.set(action, button);
    return button;
  }

  togglePause() {
    const action = ACTIONS.find((one) => (one.id === "pause" || one.id === "run") && one.enabled(this.#domain));
    if (action && !isControlDomain(this.#domain)) {
      act(action, this.#domain, this.#buttons.get(action));
    }
  }

  #refresh() {
    const domain = this.#domain;
    this.#gone = false;
    write(this.#name, domain.name);
    showState(this.#badge, domain.state);
    this.#showFacts(domain);
    for (const [action, button] of this.#buttons) {
      button.disabled = !action.enabled(domain);
      button.hidden = (action.id === "run" || action.id === "pause") && button.disabled && !(action.id === "pause" && domain.state !== "paused");
    }
    if (domain.state === "crashed") {
      this.#showCrash(this.console?.lastLines() ?? []);
    } else if (domain.state === "running") {
      this.#crash.hidden = true;
    }
  }

  #showFacts(domain) {
    const facts = [
      domain.type.toUpperCase(),
      mib(domain.memoryMib),
      count(domain.vcpus, "vcpu"),
      domain.domid < 0 ? "no boot" : `domid ${domain.domid}`,
      `${duration(domain.cpuSeconds)} of cpu time`,
      isControlDomain(domain) ? "the control domain" : domain.managed ? "" : "made by another tool",
    ].filter((fact) => fact !== "");
    if (facts.join() !== this.#factsShown) {
      this.#factsShown = facts.join();
      fill(this.#facts, facts.map((fact) => h("span", {}, fact)), h("code", {}, domain.uuid));
    }
  }

  #isGone() {
    if (this.#gone) {
      return;
    }
    this.#gone = true;
    if (!this.#built) {
      fill(this.element, h("section", { class: "card narrow" }, h("h1", {}, "No such domain"), h("p", {}, "There is no domain with the uuid ", h("code", {}, this.#uuid), ". ", h("a", { href: "#/" }, "To all domains"))));
      return;
    }
    showState(this.#badge, "gone");
    this.#buttons.forEach((button) => (button.disabled = true));
    this.#panels.forEach((panel) => panel.close());
  }

  /** What the guest said last, which is what everybody looks for. */
  #showCrash(lines) {
    write(this.#lastWords, lines.join("\n"));
    if (this.#crash.hidden) {
      fill(this.#crash, h("h2", {}, `${this.#domain.name} has crashed`), h("p", {}, "Its last lines:"), this.#lastWords);
      this.#crash.hidden = false;
    }
    this.#lastWords.scrollTop = this.#lastWords.scrollHeight;
  }

  #graphCard() {
    const guest = !isControlDomain(this.#domain);
    const cpu = new Graph("CPU", [{ name: "cpu", label: "CPU", colour: "--graph-a", fill: true }], percent, 100);
    const memory = new Graph("Memory", [{ name: "memory", label: "Memory", colour: "--graph-b", fill: true }], bytes, 1);
    this.#graphs = [
      [cpu, this.#uuid, ["percent"]],
      [memory, this.#uuid, ["memory"]],
    ];
    if (guest) {
      const perSecond = (value) => `${bytes(value)}/s`;
      const disk = new Graph("Disks", [{ name: "read", label: "read", colour: "--graph-a" }, { name: "written", label: "written", colour: "--graph-c" }], perSecond, 1024);
      const net = new Graph("Network", [{ name: "received", label: "received", colour: "--graph-a" }, { name: "sent", label: "sent", colour: "--graph-c" }], perSecond, 1024);
      this.#graphs.push([disk, `${this.#uuid} disk`, ["read", "written"]], [net, `${this.#uuid} net`, ["received", "sent"]]);
    }
    this.#graphs.forEach(([graph]) => this.#ends.add(() => graph.close()));
    this.graph();
    return h("section", { class: "card graphs", ariaLabel: "Graphs" }, this.#graphs.map(([graph]) => graph.element));
  }

  #note(what, counters) {
    this.#board.samples.note(`${this.#uuid} ${what}`, counters);
  }

  graph() {
    for (const [graph, key, names] of this.#graphs) {
      const columns = names[0] === "percent" ? this.#percents(key) : this.#board.samples.columns(key, ...names);
      graph.show(columns);
    }
  }

  #percents(key) {
    const [times, shares] = this.#board.samples.columns(key, "cpu");
    return [times, shares.map((share) => (share === null ? null : share * 100))];
  }

  message(message) {
    this.#rows.add(message);
    if (message.domain !== this.#uuid) {
      return;
    }
    if (message.subtype === "DOMAIN.CRASHED") {
      this.console?.crashed();
    }
    this.#panels.forEach((panel) => panel.message(message));
  }

  async #history() {
    this.#board.events.forEach((message) => this.#rows.add(message));
    try {
      const since = new Date(Date.now() - HISTORY_MS).toISOString();
      (await journal({ since, domain: this.#uuid }, EVENTS_SHOWN * 4)).forEach((message) => this.#rows.add(message));
    } catch {
      // What comes is shown all the same.
    }
    this.#rows.draw();
  }
}
