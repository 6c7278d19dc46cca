// One console on the page: the screen, who writes, who watches, and what has become of the connection.
import { say, tell } from "../announce.js";
import { domainPath } from "../api.js";
import { fill, h, icon, write } from "../dom.js";
import { bytes, clock, count, short } from "../format.js";
import { EYE, KEYBOARD, SHARE } from "../icons.js";
import { kept } from "../settings.js";
import { ConsoleLink } from "./link.js";
import { Screen } from "./screen.js";
import { openShares } from "./shares.js";

const LAST_LINES = 12;
/** A screen that has this much to draw lets the daemon keep the rest. */
const MANY_BYTES = 2 << 20;

const STATES = {
  connecting: "Connecting",
  live: "Connected",
  lost: "Connection lost, coming back",
  behind: "Catching up",
  idle: "Closed: idle",
  revoked: "Closed: the link is no longer good",
  refused: "Refused",
  stopped: "The guest is off",
  ended: "The domain is gone",
};

const BOOTS_SHOWN = 12;

const TOUCH_KEYS = [
  ["Esc", "\x1b"],
  ["Tab", "\t"],
  ["Ctrl-C", "\x03"],
  ["Ctrl-D", "\x04"],
  ["↑", "\x1b[A"],
  ["↓", "\x1b[B"],
  ["Enter", "\r"],
];

const GAPS = { slow: "this browser was too slow", expired: "the history is shorter", lost: "lost" };

export class ConsolePane {
  element;
  #name;
  #onCrash;
  #screen;
  #link;
  #place = h("div", { class: "screen" });
  #state = h("span", { class: "link connecting", role: "status" }, STATES.connecting);
  #holder = h("span", { class: "holder", role: "status" }, "");
  #viewers = h("span", { class: "viewers" });
  #take = h("button", { type: "button", class: "small" });
  #boots = h("select", { class: "small", ariaLabel: "Show from", hidden: true });
  #again = h("button", { type: "button", class: "small", hidden: true }, "Connect again");
  #message = h("p", { class: "console-message", hidden: true });
  #shared = h("p", { class: "hint", hidden: true }, "Another tool made this domain: what it or xl console reads of this console is missing here, and nothing is read while nobody looks.");
  #self = null;
  #all = [];
  #lease = null;
  #known = [];
  #viewOnly = false;
  #sawEnd = false;
  #wantsCrash = false;

  /** @param options `uuid`, `name`, `onCrash(lines)`, `share` (whether links may be made), `link` (whether the name leads to the domain) */
  constructor({ uuid, name, onCrash, share = true, link = false, actions = [] }) {
    this.#name = name;
    this.#onCrash = onCrash ?? (() => {});
    const title = link ? h("a", { class: "name", href: `#/domains/${uuid}` }, name) : h("h2", {}, "Console");
    const shares = share && h("button", { type: "button", class: "small", onclick: () => openShares(uuid, name) }, icon(SHARE), " Share");
    this.#take.addEventListener("click", () => this.#toggle());
    this.#again.addEventListener("click", () => this.#link.retry());
    this.#boots.addEventListener("change", () => this.#replay());
    this.element = h(
      "section",
      { class: "card console", ariaLabel: `Console of ${name}` },
      h("div", { class: "console-head" }, h("div", { class: "console-title" }, title, this.#state), h("div", { class: "tools" }, this.#viewers, this.#boots, this.#take, this.#again, shares, actions)),
      this.#message,
      this.#shared,
      this.#place,
      this.#touchKeys(),
      h(
        "div",
        { class: "console-foot" },
        this.#holder,
        h("span", { class: "tools" }, h("span", { class: "hint only-keyboard" }, "F6 leaves the console"), h("a", { href: `${domainPath(uuid, "console", "log")}?as=text`, target: "_blank", rel: "noopener" }, "Full log")),
      ),
    );
    this.#screen = new Screen(this.#place, {
      label: `Console of ${name}: what you type goes to the guest; F6 leaves it`,
      onTyped: (typed) => this.#typed(typed),
      onLeave: () => this.#take.focus(),
      onSize: () => this.#link?.resize(this.#screen.size),
    });
    this.#link = new ConsoleLink(uuid, kept("viewer"), this.#reactions());
    this.#showLease();
  }

  /** What a phone's keyboard does not have. */
  #touchKeys() {
    const utf8 = new TextEncoder();
    return h(
      "div",
      { class: "touch-keys", role: "group", ariaLabel: "Keys" },
      TOUCH_KEYS.map(([label, text]) => h("button", { type: "button", class: "small", onclick: () => this.#typed(utf8.encode(text)) }, label)),
    );
  }

  #reactions() {
    return {
      state: (state, text) => this.#showState(state, text),
      hello: (frame) => this.#hello(frame),
      bytes: (data) => this.#draw(data),
      viewers: (all) => this.#showViewers(all),
      lease: (frame) => this.#leaseChanged(frame),
      leaseRefused: (problem) => this.#leaseRefused(problem),
      restarted: (frame) => this.#restarted(frame),
      gap: (gap) => this.#screen.note(`${bytes(gap.to - gap.from)} are not shown: ${GAPS[gap.reason] ?? gap.reason}`),
      resize: (frame) => this.#link.holds || this.#screen.follow({ columns: frame.columns, rows: frame.rows }),
      refused: (problem) => this.#say(problem.detail),
      stopped: (reason) => this.#stopped(reason),
      end: () => this.#ended(),
    };
  }

  #draw(data) {
    this.#screen.write(data);
    if (this.#screen.waiting > MANY_BYTES) {
      this.#showState("behind");
      this.#link.rest(this.#screen.drained());
    }
  }

  #hello(frame) {
    this.#self = frame.viewer;
    this.#lease = frame.lease.holder;
    this.#viewOnly = frame.viewOnly;
    this.#known = frame.boots;
    this.#shared.hidden = !frame.shared;
    if (this.#lease === null) {
      this.#screen.follow(null);
    }
    this.#showBoots();
    this.#showViewers(frame.viewers);
    if (frame.domid === null) {
      this.#showState("stopped");
    }
    this.#fitted();
  }

  /** What earlier boots have printed can be seen again, as far as it is kept. */
  #showBoots() {
    const chosen = this.#boots.value;
    const shown = this.#known.slice(-BOOTS_SHOWN).reverse();
    fill(this.#boots, h("option", { value: "" }, "Show from…"), shown.map((one) => h("option", { value: String(one.boot) }, `boot ${one.boot}, ${clock(one.time)}`)));
    this.#boots.value = shown.some((one) => String(one.boot) === chosen) ? chosen : "";
    this.#boots.hidden = this.#known.length < 2;
  }

  #replay() {
    if (this.#boots.value !== "") {
      this.#screen.clear();
      this.#link.replay(Number(this.#boots.value));
    }
  }

  #fitted() {
    this.#screen.fit();
    this.#link?.resize(this.#screen.size);
  }

  #typed(typed) {
    if (this.#viewOnly) {
      this.#say("This link is for looking only.");
    } else if (this.#lease !== null && this.#lease !== this.#self) {
      this.#say(`${this.#nameOf(this.#lease)} has the keyboard. “Take over” gives it to you.`);
    } else {
      this.#link.type(typed);
    }
  }

  #nameOf(id) {
    return this.#all.find((viewer) => viewer.id === id)?.name ?? "Somebody else";
  }

  #toggle() {
    if (this.#link.holds) {
      this.#link.release();
    } else if (this.#lease !== null) {
      this.#link.steal();
      this.#screen.focus();
    } else {
      this.#link.request();
      this.#screen.focus();
    }
  }

  #leaseChanged(frame) {
    const had = this.#lease === this.#self;
    this.#lease = frame.holder;
    if (had && !this.#link.holds && frame.reason !== "released") {
      const why = frame.reason === "idle" ? "The keyboard was taken back: nothing was typed for long." : `${frame.name ?? "Somebody"} has taken the keyboard over.`;
      this.#say(why);
    } else {
      this.#say(null);
    }
    this.#showLease();
    if (this.#link.holds || this.#lease === null) {
      this.#screen.follow(null);
    }
    if (this.#link.holds) {
      this.#link.resize(this.#screen.size);
    }
  }

  #leaseRefused(problem) {
    this.#say(problem.detail);
    this.#showLease();
  }

  #showLease() {
    const holds = this.#link?.holds === true;
    const other = this.#lease !== null && !holds;
    this.element.classList.toggle("mine", holds);
    write(this.#holder, holds ? "You have the keyboard" : other ? `${this.#nameOf(this.#lease)} has the keyboard` : this.#viewOnly ? "View only" : "Nobody has the keyboard: type, and it is yours");
    const label = holds ? "Give it back" : other ? "Take over" : "Take the keyboard";
    if (this.#take.dataset.label !== label) {
      this.#take.dataset.label = label;
      fill(this.#take, icon(KEYBOARD), ` ${label}`);
    }
    this.#take.hidden = this.#viewOnly;
  }

  #showViewers(all) {
    this.#all = all;
    const others = all.filter((viewer) => viewer.id !== this.#self);
    const names = all.map((viewer) => `${viewer.name}${viewer.id === this.#self ? " (you)" : ""}${viewer.writes ? ", may type" : ""}`);
    fill(this.#viewers, icon(EYE), h("span", {}, count(all.length, "viewer")), h("span", { class: "heard" }, `: ${names.join("; ")}`));
    this.#viewers.title = names.join("\n");
    this.element.dataset.others = String(others.length);
    this.#showLease();
  }

  #showState(state, text) {
    if (this.#sawEnd && state !== "ended") {
      return;
    }
    this.#state.className = `link ${state}`;
    write(this.#state, STATES[state]);
    this.#again.hidden = !["idle", "lost"].includes(state);
    if (state !== "live" && state !== "connecting") {
      this.#lease = state === "behind" || state === "stopped" ? this.#lease : null;
    }
    if (text) {
      this.#say(text);
    } else if (state === "live") {
      this.#say(null);
    }
    this.#screen?.allowTyping(state === "live" || state === "stopped");
    this.#showLease();
  }

  #restarted(frame) {
    if (!this.#known.some((one) => one.boot === frame.boot)) {
      this.#known = [...this.#known, { boot: frame.boot, offset: frame.offset, time: new Date().toISOString() }];
      this.#showBoots();
    }
    this.#showState("live");
    this.#screen.note(`boot ${frame.boot}`);
    tell(`${this.#name} has booted anew`);
  }

  #stopped(reason) {
    this.#showState("stopped");
    this.#screen.note(`the guest has ended: ${reason}`);
    if (reason === "crash") {
      this.crashed();
    }
  }

  #ended() {
    this.#showState("ended");
    this.#sawEnd = true;
    this.#screen.note("the domain is gone; this is what is left of its console");
    this.#screen.allowTyping(false);
    this.#take.hidden = true;
    if (this.#wantsCrash) {
      this.crashed();
    }
  }

  /** The guest has crashed: its last words are told when they are all drawn. */
  crashed() {
    this.#wantsCrash = true;
    this.#screen.drained().then(() => this.#onCrash(this.lastLines()));
  }

  lastLines() {
    return this.#screen.lastLines(LAST_LINES);
  }

  #say(text) {
    write(this.#message, text ?? "");
    this.#message.hidden = text === null;
    if (text !== null) {
      say(short(text, 200));
    }
  }

  focus() {
    this.#screen.focus();
  }

  close() {
    this.#link.close();
    this.#screen.close();
  }
}
