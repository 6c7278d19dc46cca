// Several consoles side by side. Which ones is in the address, so that it can be kept.
import { ConsolePane } from "../console/pane.js";
import { fill, h, icon } from "../dom.js";
import { CLOSE } from "../icons.js";
import { Ends } from "../signal.js";
import { isControlDomain } from "../state.js";

export function consolesView(board, [chosen = ""]) {
  const ends = new Ends();
  const panes = new Map();
  const add = h("select", { ariaLabel: "Add the console of" });
  const grid = h("div", { class: "consoles" });
  const none = h("p", { class: "empty" }, "No console is open. Choose a domain above, or mark some in the list of domains.");
  const element = h("div", { class: "stack" }, h("div", { class: "card-head" }, h("h1", {}, "Consoles"), h("div", { class: "tools" }, add)), none, grid);
  const wanted = new Set(chosen.split(",").filter((uuid) => uuid !== ""));
  // The address changes, the view stays: the other consoles go on.
  const keepAddress = () => history.replaceState(null, "", `#/consoles${wanted.size > 0 ? `/${[...wanted].join(",")}` : ""}`);
  const close = (uuid) => {
    wanted.delete(uuid);
    panes.get(uuid)?.close();
    panes.get(uuid)?.element.remove();
    panes.delete(uuid);
    keepAddress();
    show();
    add.focus();
  };
  const show = () => {
    for (const uuid of wanted) {
      const domain = board.domains.get(uuid);
      if (domain && !panes.has(uuid)) {
        const away = h("button", { type: "button", class: "quiet small", ariaLabel: `Close the console of ${domain.name}`, onclick: () => close(uuid) }, icon(CLOSE));
        const pane = new ConsolePane({ uuid, name: domain.name, link: true, actions: [away] });
        grid.append(pane.element);
        panes.set(uuid, pane);
      }
    }
    none.hidden = panes.size > 0;
    grid.dataset.count = String(Math.min(4, panes.size));
    choices(board, add, wanted);
  };
  add.addEventListener("change", () => {
    wanted.add(add.value);
    keepAddress();
    show();
  });
  ends.add(board.changed.listen(show), () => panes.forEach((pane) => pane.close()));
  show();
  return { element, title: "Consoles", close: () => ends.close() };
}

function choices(board, select, wanted) {
  const free = [...board.domains.values()].filter((domain) => !isControlDomain(domain) && !wanted.has(domain.uuid));
  const key = free.map((domain) => domain.uuid).join();
  if (select.dataset.key !== key) {
    select.dataset.key = key;
    fill(select, h("option", { value: "" }, "Add a console…"), free.map((domain) => h("option", { value: domain.uuid }, domain.name)));
  }
  select.value = "";
}
