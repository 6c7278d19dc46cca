// What the page knows: the host, its domains and their numbers. States come by events at once; what no event tells (cpu time, memory) is
// sampled every two seconds while somebody looks.
import { get } from "./api.js";
import { EventStream } from "./event-stream.js";
import { Samples } from "./samples.js";
import { Signal } from "./signal.js";

const SAMPLE_MS = 2000;
const SOON_MS = 60;
const KEPT_EVENTS = 400;

export const HOST = "host";

export class Switchboard {
  stream = new EventStream();
  samples = new Samples();
  host = null;
  /** By uuid, in the daemon's order. */
  domains = new Map();
  /** The newest messages, oldest first. */
  events = [];
  /** The list or a state has changed. */
  changed = new Signal();
  /** There are new numbers. */
  sampled = new Signal();
  #soon = null;
  #asking = false;
  #askAgain = false;
  #lastWalk = 0;

  start() {
    this.stream.message.listen((message) => this.#message(message));
    this.stream.resync.listen(() => this.refreshSoon());
    this.stream.changed.listen((state) => state === "live" && this.refreshSoon());
    document.addEventListener("visibilitychange", () => document.hidden || this.refreshSoon());
    this.stream.start();
    setInterval(() => document.hidden || this.stream.state !== "live" || this.#refresh(true), SAMPLE_MS);
  }

  #message(message) {
    this.events.push(message);
    this.events.splice(0, Math.max(0, this.events.length - KEPT_EVENTS));
    if (message.type === "DOMAIN" && message.payload.kind === "lifecycle") {
      const known = this.domains.get(message.domain);
      if (known && message.payload.state) {
        known.state = message.payload.state;
        this.changed.tell();
      }
      this.refreshSoon();
    } else if (message.type === "MEM_REQUEST" || message.type === "VCPU_HOTPLUG") {
      this.refreshSoon();
    }
  }

  /** Many messages at once are one question. */
  refreshSoon() {
    this.#soon ??= setTimeout(() => {
      this.#soon = null;
      this.#refresh(false);
    }, SOON_MS);
  }

  async #refresh(sample) {
    if (this.#asking) {
      this.#askAgain ||= !sample;
      return;
    }
    this.#asking = true;
    try {
      const [host, domains] = await Promise.all([get("/v1/host"), get("/v1/domains")]);
      this.host = host;
      this.domains = new Map(domains.map((domain) => [domain.uuid, domain]));
      this.#measure();
      this.changed.tell();
    } catch {
      // The event stream tells of a lost daemon, and this is asked again when it is back.
    } finally {
      this.#asking = false;
    }
    if (this.#askAgain) {
      this.#askAgain = false;
      this.refreshSoon();
    }
  }

  #measure() {
    const now = performance.now();
    if (now - this.#lastWalk < SAMPLE_MS / 2) {
      return;
    }
    this.#lastWalk = now;
    let cpu = 0;
    for (const domain of this.domains.values()) {
      this.samples.note(domain.uuid, { cpu: domain.cpuSeconds }, { memory: domain.memoryMib * 1048576 });
      cpu += this.samples.latest(domain.uuid).cpu ?? 0;
    }
    const { totalMemoryMib, freeMemoryMib } = this.host;
    this.samples.note(HOST, {}, { cpu: (100 * cpu) / Math.max(1, this.host.cpus), memory: (totalMemoryMib - freeMemoryMib) * 1048576 });
    this.samples.keepOnly(new Set([...this.domains.keys(), HOST]));
    this.sampled.tell();
  }

  /** The cpu time that a domain takes now, in per cent of one cpu; null when it is not known yet. */
  cpuPercent(uuid) {
    const share = this.samples.latest(uuid).cpu;
    return share === undefined || share === null ? null : Math.max(0, share * 100);
  }
}
