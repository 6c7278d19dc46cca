// The terminal on the page: xterm.js in the page's colours, as large as its place.
import "./adopted-styles.js";
import { FitAddon } from "/vendor/xterm/addon-fit.mjs";
import { Terminal } from "/vendor/xterm/xterm.mjs";
import { forScreenReader, screenReaderChanged } from "../screen-reader.js";
import { isDark, themeChanged } from "../theme-switch.js";

const SCROLLBACK = 10_000;
/** Of somebody else's terminal. */
const MOST_COLUMNS = 500;
const MOST_ROWS = 200;

const DARK = {
  background: "#0c1116",
  foreground: "#d7dee6",
  cursor: "#5eead4",
  cursorAccent: "#0c1116",
  selectionBackground: "#2b4a5e",
  black: "#28313b",
  red: "#f87171",
  green: "#6ee7a0",
  yellow: "#f5c76a",
  blue: "#7db3f5",
  magenta: "#d8a1f0",
  cyan: "#67d8e0",
  white: "#cbd5df",
};

const LIGHT = {
  background: "#fbfcfd",
  foreground: "#1c2530",
  cursor: "#0f766e",
  cursorAccent: "#ffffff",
  selectionBackground: "#bfe0ee",
  black: "#1c2530",
  red: "#b42318",
  green: "#19703b",
  yellow: "#8a5a00",
  blue: "#1d5fb4",
  magenta: "#8431a8",
  cyan: "#0b6b78",
  white: "#5b6672",
};

export class Screen {
  #place;
  #terminal;
  #fit = new FitAddon();
  #ends = [];
  #waiting = 0;
  #drained = null;
  #notes = new Set();
  #followed = null;

  /**
   * @param onTyped is given what is typed, as bytes
   * @param onLeave is called for F6
   * @param onSize is called when columns or rows have changed
   */
  constructor(place, { label, onTyped, onLeave, onSize }) {
    this.#place = place;
    this.#terminal = new Terminal({
      scrollback: SCROLLBACK,
      fontFamily: "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace",
      fontSize: 13,
      lineHeight: 1.15,
      cursorBlink: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      minimumContrastRatio: 4.5,
      screenReaderMode: forScreenReader(),
      theme: isDark() ? DARK : LIGHT,
      // Guests print bare line feeds when they boot.
      convertEol: true,
    });
    this.#terminal.loadAddon(this.#fit);
    this.#terminal.open(place);
    this.#terminal.textarea.setAttribute("aria-label", label);
    const utf8 = new TextEncoder();
    this.#terminal.onData((text) => onTyped(utf8.encode(text)));
    this.#terminal.onBinary((text) => onTyped(Uint8Array.from(text, (one) => one.charCodeAt(0))));
    this.#terminal.onResize(onSize);
    this.#terminal.attachCustomKeyEventHandler((event) => this.#key(event, onLeave));
    const observer = new ResizeObserver(() => this.fit());
    observer.observe(place);
    this.#ends.push(
      () => observer.disconnect(),
      themeChanged.listen(() => (this.#terminal.options.theme = isDark() ? DARK : LIGHT)),
      screenReaderChanged.listen(() => (this.#terminal.options.screenReaderMode = forScreenReader())),
    );
    this.fit();
  }

  #key(event, onLeave) {
    if (event.key === "F6") {
      if (event.type === "keydown") {
        event.preventDefault();
        if (event.ctrlKey) {
          this.#terminal.input("\x1b[17~");
        } else {
          onLeave();
        }
      }
      return false;
    }
    if (event.type === "keydown" && event.ctrlKey && event.shiftKey && event.key === "C") {
      event.preventDefault();
      navigator.clipboard?.writeText(this.#terminal.getSelection()).catch(() => {});
      return false;
    }
    // Ctrl-Shift-V is the browser's own paste.
    return !(event.ctrlKey && event.shiftKey && event.key === "V");
  }

  /** As large as somebody else's, for whom the guest draws; null: as large as its place. */
  follow(size) {
    this.#followed = size && { columns: Math.min(MOST_COLUMNS, size.columns), rows: Math.min(MOST_ROWS, size.rows) };
    this.#place.classList.toggle("followed", size !== null);
    this.fit();
  }

  fit() {
    if (this.#followed) {
      this.#terminal.resize(this.#followed.columns, this.#followed.rows);
      return;
    }
    const size = this.#fit.proposeDimensions();
    if (size && size.cols > 1 && size.rows > 1) {
      this.#terminal.resize(Math.max(20, size.cols), Math.max(4, size.rows));
    }
  }

  get size() {
    return { columns: this.#terminal.cols, rows: this.#terminal.rows };
  }

  /** How many bytes the terminal has not drawn yet. */
  get waiting() {
    return this.#waiting;
  }

  write(bytes) {
    this.#waiting += bytes.length;
    this.#terminal.write(bytes, () => {
      this.#waiting -= bytes.length;
      if (this.#waiting === 0 && this.#drained) {
        this.#drained();
        this.#drained = null;
      }
    });
  }

  /** Resolves when everything is drawn. */
  drained() {
    return this.#waiting === 0 ? Promise.resolve() : new Promise((resolve) => (this.#drained = resolve));
  }

  /** A line of the page's own between what the guest printed. */
  note(text) {
    this.#notes.add(text);
    const fresh = this.#terminal.buffer.active.cursorX > 0 ? "\r\n" : "";
    this.#terminal.write(`${fresh}\x1b[0;7m ${text} \x1b[0m\r\n`);
  }

  clear() {
    this.#terminal.reset();
  }

  allowTyping(allowed) {
    this.#terminal.options.disableStdin = !allowed;
    this.#terminal.options.cursorStyle = allowed ? "block" : "underline";
  }

  /** The last lines of the guest that have something in them. */
  lastLines(most) {
    const buffer = this.#terminal.buffer.active;
    const lines = [];
    for (let i = buffer.baseY + buffer.cursorY; i >= 0 && lines.length < most; i--) {
      const text = buffer.getLine(i)?.translateToString(true) ?? "";
      if ((text !== "" || lines.length > 0) && !this.#notes.has(text.trim())) {
        lines.unshift(text);
      }
    }
    return lines;
  }

  focus() {
    this.#terminal.focus();
  }

  close() {
    this.#ends.forEach((end) => end());
    this.#terminal.dispose();
  }
}
