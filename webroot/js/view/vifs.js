// A domain's network interfaces.
import { tell, work } from "../announce.js";
import { domainPath, get, patch, post, remove } from "../api.js";
import { schemaOf } from "../contract.js";
import { confirmed, formDialog } from "../dialog.js";
import { fill, icon, write } from "../dom.js";
import { Field, Form, Section } from "../form.js";
import { bytes } from "../format.js";
import { EDIT, PLUG, TRASH } from "../icons.js";
import { showState } from "../state.js";
import { vifSections } from "./create.js";
import { Panel, deviceRow, smallButton } from "./panel.js";

export class VifPanel extends Panel {
  #board;
  #uuid;

  constructor(board, uuid) {
    super("Network interfaces", ["NETIF_BE", "NETIF_FE"], "network interface", () => this.#attach());
    this.#board = board;
    this.#uuid = uuid;
  }

  fetch = () => get(this.#path());

  key = (vif) => vif.index;

  sum(vifs) {
    const all = (name) => vifs.reduce((total, vif) => total + (vif.statistics?.[name] ?? 0), 0);
    return { received: all("receivedBytes"), sent: all("transmittedBytes") };
  }

  #path(...rest) {
    return domainPath(this.#uuid, "vifs", ...rest);
  }

  #name() {
    return this.#board.domains.get(this.#uuid)?.name ?? "the domain";
  }

  row(first) {
    let vif = first;
    const { index } = first;
    const name = `interface ${index}`;
    const link = smallButton(PLUG, "Unplug", name, () => this.#plug(vif));
    const change = smallButton(EDIT, "Change", name, () => this.#change(vif));
    const detach = smallButton(TRASH, "Detach", name, () => this.#detach(index), true);
    const row = deviceRow(`Interface ${index}`, [link, change, detach]);
    const show = (now) => {
      vif = now;
      showState(row.state, now.state === "connected" && now.link === "down" ? "unplugged" : now.state);
      const counts = now.statistics ? `received ${bytes(now.statistics.receivedBytes)}, sent ${bytes(now.statistics.transmittedBytes)}` : null;
      const place = now.network ? `network ${now.network}` : now.bridge ? `bridge ${now.bridge}` : null;
      const parts = [place, now.mac, now.ip.join(", "), now.rate && `at most ${now.rate}`, now.interface, now.managed ? null : "attached by another tool", counts];
      write(row.facts, parts.filter(Boolean).join(" · "));
      const label = now.link === "down" ? "Plug in" : "Unplug";
      if (link.dataset.label !== label) {
        link.dataset.label = label;
        fill(link, icon(PLUG), ` ${label}`);
        link.setAttribute("aria-label", `${label} ${name}`);
      }
    };
    return { element: row.element, show };
  }

  async #attach() {
    const [schema, networks] = await Promise.all([schemaOf("VifRequest"), get("/v1/networks")]);
    formDialog(`Attach a network interface to ${this.#name()}`, new Form(vifSections(schema, networks)), "Attach it", async (body) => {
      const vif = await work("Attaching a network interface", null, post(this.#path(), body), { quiet: true });
      tell(`Interface ${vif.index} is ${vif.state}`);
      this.refresh();
    });
  }

  async #plug(vif) {
    const link = vif.link === "down" ? "up" : "down";
    const text = link === "up" ? "Plugging in" : "Unplugging";
    await work(`${text} interface ${vif.index}`, `Interface ${vif.index}: link ${link}`, patch(this.#path(String(vif.index)), { link })).catch(() => {});
    this.refresh();
  }

  async #change(vif) {
    const networks = await get("/v1/networks");
    const options = [["", "Stay where it is"], ...networks.map((network) => [network.name, `${network.name} (${network.kind})`])];
    const form = new Form([
      new Section("", [
        new Field("network", { label: "Move to the network", kind: "select", options }),
        new Field("bridge", { label: "or to the bridge", code: true }),
        new Field("ip", { label: "IP addresses", kind: "list", code: true, value: vif.ip.join(", "), hint: "Empty for any." }),
        new Field("rate", { label: "Rate", code: true, value: vif.rate ?? "", hint: "As 10Mb/s or 1MB/s; empty for no limit." }),
      ]),
    ]);
    formDialog(`Change interface ${vif.index}`, form, "Change it", async (body) => {
      const wanted = { ...body };
      delete wanted.ip;
      delete wanted.rate;
      if ((body.ip ?? []).join() !== vif.ip.join()) {
        wanted.ip = body.ip ?? [];
      }
      if ((body.rate ?? null) !== (vif.rate ?? null)) {
        wanted.rate = body.rate ?? null;
      }
      await work(`Changing interface ${vif.index}`, `Interface ${vif.index} is changed`, patch(this.#path(String(vif.index)), wanted), { quiet: true });
      this.refresh();
    });
  }

  async #detach(index) {
    if (await confirmed(`Detach interface ${index}?`, "The guest is asked to give it up.", "Detach it")) {
      await this.#takeAway(index, false);
    }
  }

  async #takeAway(index, force) {
    try {
      await work(`Detaching interface ${index}`, `Interface ${index} is detached`, remove(this.#path(String(index)) + (force ? "?force=true" : "")), { quiet: !force });
    } catch (failure) {
      if (!force && (await confirmed(`Interface ${index} is still there`, `${failure.message}. By force it is taken away all the same.`, "Take it away by force"))) {
        await this.#takeAway(index, true);
      }
    }
    this.refresh();
  }
}
