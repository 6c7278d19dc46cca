// The host at a glance and its domains.
import { fill, h, write } from "../dom.js";
import { bytes, count, duration, mib, percent } from "../format.js";
import { Graph } from "../graph.js";
import { Ends } from "../signal.js";
import { isControlDomain, showState, stateBadge } from "../state.js";
import { HOST } from "../switchboard.js";

export function overview(board) {
  const ends = new Ends();
  const host = hostCards(board, ends);
  const list = domainList(board);
  const element = h("div", { class: "stack" }, h("h1", { class: "heard" }, "Host and domains"), host.element, host.graphs, list.element);
  const show = () => {
    if (board.host !== null) {
      host.show();
      list.show();
    }
  };
  ends.add(board.changed.listen(show), board.sampled.listen(() => host.graph()));
  show();
  return { element, title: "Domains", keys: list.keys, close: () => ends.close() };
}

function fact(label, ...more) {
  const value = h("span", { class: "fact-value" }, "–");
  const note = h("span", { class: "fact-note" }, "");
  return { element: h("div", { class: "fact" }, h("dt", {}, label), h("dd", {}, value, note, more)), show: (text, beside = "") => (write(value, text), write(note, beside)) };
}

function hostCards(board, ends) {
  const bar = h("meter", { min: "0", max: "1", high: "0.9", ariaLabel: "Memory used" });
  const memory = fact("Memory used", bar);
  const cpus = fact("CPUs");
  const domains = fact("Domains");
  const xen = fact("Hypervisor");
  const daemon = fact("Daemon");
  const cpu = new Graph("CPU of all domains", [{ name: "cpu", label: "CPU", colour: "--graph-a", fill: true }], percent, 100);
  const used = new Graph("Memory", [{ name: "memory", label: "Memory", colour: "--graph-b", fill: true }], bytes, 1);
  ends.add(() => cpu.close(), () => used.close());
  const element = h("section", { class: "card host", ariaLabel: "Host" }, h("dl", { class: "facts" }, [memory, cpus, domains, xen, daemon].map((one) => one.element)));
  const graphs = h("section", { class: "card graphs two", ariaLabel: "Graphs of the host" }, cpu.element, used.element);
  const show = () => {
    const { host } = board;
    const all = [...board.domains.values()];
    const guests = all.filter((domain) => !isControlDomain(domain));
    const states = Map.groupBy ? [...Map.groupBy(guests, (domain) => domain.state)].map(([state, those]) => `${those.length} ${state}`) : [];
    const taken = host.totalMemoryMib - host.freeMemoryMib;
    memory.show(mib(taken), `of ${mib(host.totalMemoryMib)}, ${mib(host.freeMemoryMib)} free`);
    bar.value = taken / Math.max(1, host.totalMemoryMib);
    cpus.show(`${host.cpus} × ${(host.cpuKhz / 1e6).toFixed(1)} GHz`, count(host.numaNodes, "NUMA node"));
    domains.show(count(guests.length, "guest"), states.join(", "));
    xen.show(host.simulated ? "Simulated" : `Xen ${host.xenVersion}`, `${host.simulated ? `as Xen ${host.xenVersion}, ` : ""}${[host.pv && "PV", host.hvm && "PVH and HVM"].filter(Boolean).join(", ")}; dom0 ${host.dom0}`);
    daemon.show(`Up ${duration(host.uptimeSeconds)}`, `xcsd ${host.xcsVersion}`);
  };
  const graph = () => {
    cpu.show(board.samples.columns(HOST, "cpu"));
    used.show(board.samples.columns(HOST, "memory"));
  };
  graph();
  return { element, graphs, show, graph };
}

const COLUMNS = [
  ["", "mark", "Marked"],
  ["Name"],
  ["State"],
  ["CPU", "number"],
  ["Memory", "number"],
  ["vcpus", "number wide"],
  ["Type", "wide"],
  ["domid", "number wide"],
  ["Made by", "wide"],
  ["uuid", "wider"],
];

function domainList(board) {
  const rows = new Map();
  const body = h("tbody");
  const search = h("input", { type: "search", placeholder: "Name, state, uuid, domid", ariaLabel: "Look for a domain", autocomplete: "off" });
  const several = h("a", { class: "button small", hidden: true }, "");
  const none = h("p", { class: "empty", hidden: true }, "");
  const head = h("tr", {}, COLUMNS.map(([title, name, heard]) => h("th", { scope: "col", class: name ?? "" }, title, heard && h("span", { class: "heard" }, heard))));
  const element = h(
    "section",
    { class: "card", ariaLabelledby: "domains-title" },
    h("div", { class: "card-head" }, h("h2", { id: "domains-title" }, "Domains"), h("div", { class: "tools" }, several, search)),
    h("div", { class: "table-box" }, h("table", { class: "domains" }, h("caption", { class: "heard" }, "Domains of this host"), h("thead", {}, head), body)),
    none,
  );
  const marked = () => [...rows.values()].filter((row) => row.mark?.checked).map((row) => row.uuid);
  const showMarked = () => {
    const those = marked();
    several.hidden = those.length === 0;
    several.href = `#/consoles/${those.join(",")}`;
    write(several, those.length === 1 ? "Open its console" : `Open ${those.length} consoles`);
  };
  const show = () => {
    const text = search.value.trim().toLowerCase();
    for (const [uuid, row] of rows) {
      if (!board.domains.has(uuid)) {
        row.element.remove();
        rows.delete(uuid);
      }
    }
    let place = null;
    let visible = 0;
    for (const domain of board.domains.values()) {
      const row = rows.get(domain.uuid) ?? domainRow(domain, showMarked);
      rows.set(domain.uuid, row);
      row.show(domain, board.cpuPercent(domain.uuid));
      row.element.hidden = text !== "" && !`${domain.name} ${domain.state} ${domain.uuid} ${domain.domid}`.toLowerCase().includes(text);
      visible += row.element.hidden ? 0 : 1;
      const next = place === null ? body.firstChild : place.nextSibling;
      if (next !== row.element) {
        body.insertBefore(row.element, next);
      }
      place = row.element;
    }
    const alone = visible === 1 && text === "" && board.domains.size === 1;
    none.hidden = visible > 0 && !alone;
    fill(none, alone ? ["There is no guest yet. ", h("a", { href: "#/create" }, "Make one"), "."] : visible === 0 ? "No domain is like that." : "");
    showMarked();
  };
  search.addEventListener("input", show);
  return { element, show, keys: listKeys(body, search, rows) };
}

function domainRow(domain, onMark) {
  const link = h("a", { class: "name", href: `#/domains/${domain.uuid}` }, domain.name);
  const badge = stateBadge(domain.state);
  const bar = h("span", { class: "bar", ariaHidden: "true" }, h("span"));
  const cell = (name, ...content) => h("td", { class: name }, content);
  const texts = {};
  const text = (key, name) => {
    texts[key] = h("span");
    return cell(name, texts[key]);
  };
  const mark = isControlDomain(domain) ? null : h("input", { type: "checkbox", ariaLabel: `Mark ${domain.name}`, onchange: onMark });
  const element = h(
    "tr",
    { data: { uuid: domain.uuid } },
    cell("mark", mark),
    h("th", { scope: "row" }, link),
    cell("", badge),
    h("td", { class: "number" }, bar, (texts.cpu = h("span"))),
    text("memory", "number"),
    text("vcpus", "number wide"),
    text("type", "wide"),
    text("domid", "number wide"),
    text("by", "wide"),
    cell("wider", h("code", {}, domain.uuid)),
  );
  element.addEventListener("click", (event) => event.target.closest("a, input") || link.click());
  const show = (now, cpu) => {
    write(link, now.name);
    showState(badge, now.state);
    write(texts.cpu, cpu === null ? "–" : percent(cpu));
    bar.firstChild.style.width = `${Math.min(100, (cpu ?? 0) / Math.max(1, now.vcpus))}%`;
    write(texts.memory, mib(now.memoryMib));
    write(texts.vcpus, String(now.vcpus));
    write(texts.type, now.type.toUpperCase());
    write(texts.domid, now.domid < 0 ? "–" : String(now.domid));
    write(texts.by, now.managed ? "xcs" : isControlDomain(now) ? "Xen" : "others");
  };
  return { uuid: domain.uuid, element, mark, link, show };
}

function listKeys(body, search, rows) {
  const links = () => [...body.querySelectorAll("tr:not([hidden]) a.name")];
  const move = (step) => {
    const all = links();
    const at = all.indexOf(document.activeElement);
    all[Math.min(all.length - 1, Math.max(0, at < 0 ? 0 : at + step))]?.focus();
  };
  const mark = () => rows.get(document.activeElement.closest("tr")?.dataset.uuid)?.mark?.click();
  search.addEventListener("keydown", (event) => event.key === "ArrowDown" && (event.preventDefault(), links()[0]?.focus()));
  return { "/": () => search.focus(), j: () => move(1), k: () => move(-1), ArrowDown: () => move(1), ArrowUp: () => move(-1), x: mark };
}
