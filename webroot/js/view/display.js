// The display of a PC: what its graphics card shows, by VNC over a websocket. Nothing of it is loaded or opened before somebody asks for it.
import { domainPath } from "../api.js";
import { h, write } from "../dom.js";

const PROTOCOL = "binary";
const LIBRARY = "/vendor/novnc/core/rfb.js";

export class DisplayPanel {
  element;
  #uuid;
  #rfb = null;
  #wanted = false;
  #place = h("div", { class: "screen display", hidden: true });
  #state = h("span", { class: "hint", role: "status" }, "");
  #toggle = h("button", { type: "button", class: "small", onclick: () => (this.#wanted ? this.close() : this.#open()) }, "Show it");
  #keys = h("button", { type: "button", class: "small", hidden: true, onclick: () => this.#rfb?.sendCtrlAltDel() }, "Send Ctrl-Alt-Del");

  constructor(uuid, name) {
    this.#uuid = uuid;
    const head = h("div", { class: "console-title" }, h("h2", {}, "Display"), this.#state);
    this.element = h("section", { class: "card console", ariaLabel: `Display of ${name}` }, h("div", { class: "console-head" }, head, h("div", { class: "tools" }, this.#keys, this.#toggle)), this.#place);
  }

  #show(wanted, text) {
    this.#wanted = wanted;
    this.#place.hidden = !wanted;
    this.#keys.hidden = this.#rfb === null;
    write(this.#toggle, wanted ? "Hide it" : "Show it");
    write(this.#state, text);
  }

  async #open() {
    this.#show(true, "Connecting");
    try {
      const { default: RFB } = await import(LIBRARY);
      if (this.#wanted && this.#rfb === null) {
        this.#connect(RFB);
      }
    } catch (failure) {
      this.#show(false, `Cannot be shown: ${failure.message}`);
    }
  }

  #connect(RFB) {
    const address = `${location.origin.replace("http", "ws")}${domainPath(this.#uuid, "display")}`;
    const rfb = new RFB(this.#place, address, { wsProtocols: [PROTOCOL] });
    // As large as its place.
    rfb.scaleViewport = true;
    rfb.background = "transparent";
    rfb.addEventListener("connect", () => this.#rfb === rfb && this.#show(true, "Connected"));
    rfb.addEventListener("disconnect", (event) => this.#lost(rfb, event.detail.clean));
    this.#rfb = rfb;
  }

  /** By the guest's end, or the daemon's: whoever wants to see it again asks again. */
  #lost(rfb, clean) {
    if (this.#rfb === rfb) {
      this.#rfb = null;
      this.#show(false, clean ? "Closed" : "Closed: the guest is off, or the daemon does not answer");
    }
  }

  close() {
    const rfb = this.#rfb;
    this.#rfb = null;
    this.#show(false, "");
    rfb?.disconnect();
  }
}
