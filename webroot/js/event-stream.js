// The switch's control messages as they happen, by server-sent events. Read by fetch and not by EventSource, which gives up for good when
// a daemon that restarts answers 503, and tells nobody whether it was 401 or 410.
import { refusalOf } from "./api.js";
import { Backoff } from "./backoff.js";
import { Signal } from "./signal.js";

/** The daemon says something every 15 s at least. */
const SILENT_MS = 40_000;
/** Browsers have six connections for a server: one that nobody looks at is given back. */
const HIDDEN_MS = 30_000;

export class EventStream {
  message = new Signal();
  /** Something is lost, or may be: what is shown has to be asked for anew. */
  resync = new Signal();
  /** "connecting", "live", "lost", "resting" or "ended" */
  changed = new Signal();
  state = "connecting";
  /** The number of the last message that was seen. */
  last = null;
  #backoff = new Backoff(300, 5000);
  #attempt = null;
  #timer = null;
  #hidden = null;
  #begun = false;

  start() {
    document.addEventListener("visibilitychange", () => this.#visibility());
    addEventListener("online", () => this.#again(0));
    this.#run();
  }

  /** After a new login, or when somebody does not want to wait. */
  retry() {
    this.#backoff.reset();
    this.#again(0);
  }

  #visibility() {
    clearTimeout(this.#hidden);
    if (document.hidden) {
      this.#hidden = setTimeout(() => this.#rest(), HIDDEN_MS);
    } else if (this.state !== "live") {
      this.#again(0);
    }
  }

  #rest() {
    if (this.state === "ended") {
      return;
    }
    this.#tell("resting");
    clearTimeout(this.#timer);
    this.#attempt?.abort();
  }

  #again(milliseconds) {
    clearTimeout(this.#timer);
    if (this.state !== "live") {
      this.#timer = setTimeout(() => this.#run(), milliseconds);
    }
  }

  async #run() {
    this.#attempt?.abort();
    const attempt = new AbortController();
    this.#attempt = attempt;
    if (this.state === "resting" || this.state === "ended") {
      this.#tell("connecting");
    }
    try {
      await this.#read(attempt);
    } catch {
      // Whatever ended it: it is tried again.
    }
    if (this.#attempt === attempt && this.state !== "resting" && this.state !== "ended") {
      this.#tell("lost");
      this.#again(this.#backoff.milliseconds());
    }
  }

  async #read(attempt) {
    const headers = { Accept: "text/event-stream" };
    if (this.last !== null) {
      headers["Last-Event-ID"] = String(this.last);
    }
    const answer = await fetch("/v1/events", { headers, signal: attempt.signal, cache: "no-store" });
    if (answer.status === 410) {
      this.last = null;
    }
    if (!answer.ok) {
      await refusalOf(answer);
      if (answer.status === 401) {
        this.#tell("ended");
      }
      return;
    }
    const resumed = this.last !== null;
    this.#backoff.reset();
    this.#tell("live");
    if (this.#begun && !resumed) {
      this.resync.tell();
    }
    this.#begun = true;
    await this.#records(answer.body.pipeThrough(new TextDecoderStream()).getReader(), attempt);
  }

  async #records(reader, attempt) {
    let rest = "";
    let silence;
    const watch = () => {
      clearTimeout(silence);
      silence = setTimeout(() => attempt.abort(), SILENT_MS);
    };
    try {
      watch();
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
        watch();
        const blocks = (rest + piece.value).split("\n\n");
        rest = blocks.pop();
        blocks.forEach((block) => this.#record(block));
      }
    } finally {
      clearTimeout(silence);
    }
  }

  #record(block) {
    const fields = {};
    for (const line of block.split("\n")) {
      const colon = line.indexOf(": ");
      if (colon > 0) {
        fields[line.slice(0, colon)] = line.slice(colon + 2);
      }
    }
    if (fields.id !== undefined) {
      this.last = Number(fields.id);
    }
    if (fields.data === undefined) {
      return;
    }
    if (fields.event === "gap") {
      this.resync.tell();
    } else if (fields.event !== "filter" && fields.event !== "end") {
      this.message.tell(JSON.parse(fields.data));
    }
  }

  #tell(state) {
    if (state !== this.state) {
      this.state = state;
      this.changed.tell(state);
    }
  }
}
