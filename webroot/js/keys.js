// Keys for the whole page. None of them is taken from who types into a field or a console.
import { h } from "./dom.js";
import { openDialog } from "./dialog.js";
import { Field } from "./form.js";
import { forScreenReader, readAloud } from "./screen-reader.js";
import { keep, kept } from "./settings.js";

const WAIT_MS = 1200;
const VIEWER_CHARS = 64;

const HELP = [
  ["Anywhere", [
    ["g d", "Host and domains"],
    ["g c", "Consoles side by side"],
    ["g e", "Events"],
    ["n", "New domain"],
    ["t", "Dark, light, or as the system"],
    ["?", "This help"],
  ]],
  ["In the list of domains", [
    ["/", "Look for a domain"],
    ["j  k", "Next, previous domain (or the arrow keys)"],
    ["Enter", "Open it"],
    ["x", "Mark it, to open several consoles side by side"],
  ]],
  ["On a domain's page", [
    ["c", "Into the console"],
    ["p", "Pause it, or let it go on"],
  ]],
  ["In a console", [
    ["F6", "Out of the console, to its buttons; all other keys are the guest's"],
    ["Ctrl-F6", "Types F6 into the guest"],
    ["Ctrl-Shift-C  Ctrl-Shift-V", "Copy and paste"],
    ["Shift-PageUp", "Back in what was printed"],
  ]],
];

function help() {
  const reader = new Field("screen-reader", {
    label: "Read consoles aloud",
    kind: "check",
    value: forScreenReader(),
    hint: "Gives a screen reader the lines of a console as text. It costs some speed, so it is off unless it is wanted.",
  });
  reader.onChange(() => readAloud(reader.input.checked));
  const viewer = new Field("viewer", { label: "Your name for others who look at the same console", value: kept("viewer") ?? "", hint: "Shown from the next console on." });
  viewer.onChange(() => keep("viewer", viewer.input.value.trim().slice(0, VIEWER_CHARS) || null));
  const letters = new Field("letters", { label: "Keys of one letter work outside of consoles and fields", kind: "check", value: lettersWork() });
  letters.onChange(() => keep("letters", letters.input.checked ? null : "off"));
  openDialog(
    "Keys and settings",
    [
      HELP.map(([title, keys]) => [
        h("h3", {}, title),
        h("dl", { class: "keys" }, keys.map(([key, text]) => [h("dt", {}, key.split("  ").map((one) => [h("kbd", {}, one), " "])), h("dd", {}, text)])),
      ]),
      h("h3", {}, "Settings of this browser"),
      viewer.element,
      letters.element,
      reader.element,
    ],
    { wide: true },
  );
}

const lettersWork = () => kept("letters") !== "off";

const takesKeys = (target) =>
  target instanceof Element && (target.closest(".xterm, dialog, select, textarea") !== null || (target.closest("input:not([type=checkbox])") !== null));

/** Global keys; the view that is shown may have some of its own (`keys` of what it gives). */
export class Keys {
  #actions;
  #view = {};
  #prefix = null;
  #timer = null;

  constructor(actions) {
    this.#actions = { ...actions, "?": help };
    document.addEventListener("keydown", (event) => this.#pressed(event));
  }

  help() {
    help();
  }

  use(keys) {
    this.#view = keys ?? {};
  }

  #pressed(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || !lettersWork() || takesKeys(event.target)) {
      return;
    }
    const key = this.#prefix === null ? event.key : `${this.#prefix} ${event.key}`;
    clearTimeout(this.#timer);
    this.#prefix = null;
    const action = this.#view[key] ?? this.#actions[key];
    if (action) {
      event.preventDefault();
      action(event);
    } else if (event.key === "g") {
      this.#prefix = "g";
      this.#timer = setTimeout(() => (this.#prefix = null), WAIT_MS);
    }
  }
}
