// A domain's disks.
import { tell, work } from "../announce.js";
import { domainPath, get, patch, post, remove } from "../api.js";
import { schemaOf } from "../contract.js";
import { confirmed, formDialog } from "../dialog.js";
import { write } from "../dom.js";
import { Field, Form, Section } from "../form.js";
import { bytes } from "../format.js";
import { EJECT, GROW, PLUG, TRASH } from "../icons.js";
import { showState } from "../state.js";
import { diskSections } from "./create.js";
import { Panel, deviceRow, smallButton } from "./panel.js";

export class DiskPanel extends Panel {
  #board;
  #uuid;

  constructor(board, uuid) {
    super("Disks", ["BLKIF_BE", "BLKIF_FE"], "disk", () => this.#attach());
    this.#board = board;
    this.#uuid = uuid;
  }

  fetch = () => get(this.#path());

  key = (disk) => disk.vdev;

  sum(disks) {
    const all = (name) => disks.reduce((total, disk) => total + (disk.statistics?.[name] ?? 0), 0);
    return { read: all("readBytes"), written: all("writtenBytes") };
  }

  #path(...rest) {
    return domainPath(this.#uuid, "disks", ...rest);
  }

  #name() {
    return this.#board.domains.get(this.#uuid)?.name ?? "the domain";
  }

  row(first) {
    let disk = first;
    const { vdev } = first;
    const isCd = first.device === "cdrom";
    const detach = smallButton(TRASH, "Detach", vdev, () => this.#detach(vdev), true);
    const grow = smallButton(GROW, "Grow", vdev, () => this.#grow(disk));
    const insert = smallButton(PLUG, "Insert", vdev, () => this.#insert(vdev));
    const eject = smallButton(EJECT, "Eject", vdev, () => this.#eject(vdev));
    const row = deviceRow(vdev, isCd ? [insert, eject, detach] : [grow, detach]);
    const show = (now) => {
      disk = now;
      showState(row.state, now.state);
      const size = now.sizeBytes === undefined ? null : bytes(now.sizeBytes);
      const counts = now.statistics ? `read ${bytes(now.statistics.readBytes)}, written ${bytes(now.statistics.writtenBytes)}` : null;
      const parts = [now.target ?? "empty", size, now.format, now.access === "ro" ? "read-only" : "read and write", isCd ? "CD drive" : null, now.managed ? null : "attached by another tool", counts];
      write(row.facts, parts.filter(Boolean).join(" · "));
      insert.hidden = now.target !== undefined;
      eject.hidden = now.target === undefined;
    };
    return { element: row.element, show };
  }

  async #attach() {
    const schema = await schemaOf("DiskRequest");
    const form = new Form(diskSections(schema));
    formDialog(`Attach a disk to ${this.#name()}`, form, "Attach it", async (body) => {
      const disk = await work("Attaching a disk", null, post(this.#path(), body), { quiet: true });
      tell(`${disk.vdev} is ${disk.state}`);
      this.refresh();
    });
  }

  async #detach(vdev) {
    const sure = await confirmed(`Detach ${vdev}?`, "The guest is asked to give it up. What backs it stays as it is.", "Detach it");
    if (sure) {
      await this.#takeAway(vdev, false);
    }
  }

  async #takeAway(vdev, force) {
    try {
      await work(`Detaching ${vdev}`, `${vdev} is detached`, remove(this.#path(vdev) + (force ? "?force=true" : "")), { quiet: !force });
    } catch (failure) {
      const text = `${failure.message}. By force it is taken away all the same, and the guest may lose what it has not written.`;
      if (!force && (await confirmed(`${vdev} is still there`, text, "Take it away by force"))) {
        await this.#takeAway(vdev, true);
      }
    }
    this.refresh();
  }

  #grow(disk) {
    const size = new Field("sizeBytes", {
      label: "New size, bytes",
      kind: "number",
      required: true,
      value: String(disk.sizeBytes ?? ""),
      hint: `A multiple of 512, not smaller than now${disk.sizeBytes ? ` (${bytes(disk.sizeBytes)})` : ""}.`,
    });
    this.#change(`Grow ${disk.vdev}`, new Form([new Section("", [size])]), "Grow it", disk.vdev);
  }

  #insert(vdev) {
    const target = new Field("target", { label: "File or device in dom0", required: true, code: true, wide: true });
    this.#change(`A medium for ${vdev}`, new Form([new Section("", [target])]), "Insert it", vdev);
  }

  #change(title, form, action, vdev) {
    formDialog(title, form, action, async (body) => {
      await work(title, `${vdev} is changed`, patch(this.#path(vdev), body), { quiet: true });
      this.refresh();
    });
  }

  async #eject(vdev) {
    await work(`Ejecting from ${vdev}`, `${vdev} is empty`, patch(this.#path(vdev), { target: null })).catch(() => {});
    this.refresh();
  }
}
