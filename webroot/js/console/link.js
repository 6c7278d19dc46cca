// A console's websocket, xcs.console.v1. It comes back by itself and goes on at the byte after the last one that was seen: what the daemon still
// has is never lost, and what it has not is told as a gap. It knows nothing of the page.
import { domainPath, get, Refusal } from "../api.js";
import { Backoff } from "../backoff.js";

const PROTOCOL = "xcs.console.v1";
const HEADER_BYTES = 8;
const NEWEST = { last: 65536 };
/** What is typed while the lease is asked for. */
const TYPED_BYTES = 4096;
/** Of a second connection that is opened at once: is the daemon behind it well? */
const STEADY_MS = 5000;

/** Why it is not tried again, by close code. */
const OVER = {
  4401: { state: "idle", text: "Nobody has used this console for long, so the daemon has closed it." },
  4403: { state: "revoked", text: "This link has been revoked or has expired." },
};

export class ConsoleLink {
  #uuid;
  #viewer;
  #told;
  #socket = null;
  #backoff = new Backoff(250, 4000);
  #timer = null;
  #closed = false;
  #start = NEWEST;
  #next = null;
  #typed = 0;
  #pending = [];
  #self = null;
  #lease = null;
  #wantsLease = false;
  #opened = 0;
  #resting = false;

  /** @param told what is called: `state(state, text)`, `hello`, `bytes(bytes)`, `viewers`, `lease`, `leaseRefused`, `restarted`, `gap`, `resize`, `refused`, `stopped`, `end` */
  constructor(uuid, viewer, told) {
    this.#uuid = uuid;
    this.#viewer = viewer;
    this.#told = told;
    this.#online = () => this.retry();
    addEventListener("online", this.#online);
    this.#open();
  }

  #online;

  get holds() {
    return this.#self !== null && this.#lease === this.#self;
  }

  /** Whether the lease was asked for, and nobody has answered yet. */
  get asks() {
    return this.#wantsLease && !this.holds;
  }

  #address() {
    const query = new URLSearchParams(this.#next === null ? this.#start : { offset: this.#next });
    if (this.#viewer) {
      query.set("viewer", this.#viewer);
    }
    return `${location.origin.replace("http", "ws")}${domainPath(this.#uuid, "console")}?${query}`;
  }

  #open() {
    this.#told.state(this.#next === null ? "connecting" : "lost");
    const socket = new WebSocket(this.#address(), PROTOCOL);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    this.#opened = performance.now();
    socket.addEventListener("message", (event) => this.#socket === socket && this.#received(event.data));
    socket.addEventListener("close", (event) => this.#socket === socket && this.#lost(event.code));
  }

  #received(data) {
    if (typeof data === "string") {
      this.#control(JSON.parse(data));
      return;
    }
    const offset = Number(new DataView(data).getBigUint64(0));
    let bytes = new Uint8Array(data, HEADER_BYTES);
    if (offset < this.#next) {
      bytes = bytes.subarray(Math.min(bytes.length, this.#next - offset));
    } else if (offset > this.#next) {
      this.#told.gap({ from: this.#next, to: offset, reason: "lost" });
    }
    this.#next = Math.max(this.#next, offset + data.byteLength - HEADER_BYTES);
    if (bytes.length > 0) {
      this.#told.bytes(bytes);
    }
  }

  #control(frame) {
    switch (frame.type) {
      case "hello":
        this.#hello(frame);
        break;
      case "lease":
        this.#leaseChanged(frame);
        break;
      case "lease-refused":
        this.#wantsLease = false;
        this.#pending = [];
        this.#told.leaseRefused(frame.problem);
        break;
      case "viewers":
        this.#told.viewers(frame.viewers);
        break;
      case "restarted":
        this.#told.restarted(frame);
        break;
      case "gap":
        this.#next = Math.max(this.#next, frame.to);
        this.#told.gap(frame);
        break;
      case "resize":
        this.#told.resize(frame);
        break;
      case "refused":
        this.#told.refused(frame.problem);
        break;
      case "stopped":
        this.#told.stopped(frame.reason);
        break;
      case "end":
        this.#end();
        break;
      default:
        break;
    }
  }

  #hello(frame) {
    this.#backoff.reset();
    this.#self = frame.viewer;
    this.#lease = frame.lease.holder;
    // Where it goes on later than it should, a gap frame says so.
    this.#next ??= frame.offset;
    this.#told.state("live");
    this.#told.hello(frame);
    if (this.#wantsLease && !this.holds && !frame.viewOnly) {
      this.#say({ type: "request-lease" });
    }
  }

  #leaseChanged(frame) {
    const held = this.holds;
    this.#lease = frame.holder;
    if (this.holds) {
      this.#wantsLease = true;
      this.#pending.splice(0).forEach((bytes) => this.#write(bytes));
    } else if (held) {
      this.#wantsLease = false;
    }
    this.#told.lease(frame);
  }

  #lost(code) {
    this.#socket = null;
    this.#self = null;
    this.#lease = null;
    this.#pending = [];
    if (this.#closed || this.#resting) {
      return;
    }
    if (code === 1000) {
      this.#end();
    } else if (OVER[code]) {
      this.#told.state(OVER[code].state, OVER[code].text);
    } else {
      this.#told.state("lost");
      this.#later();
    }
  }

  #later() {
    const soon = performance.now() - this.#opened > STEADY_MS;
    if (soon) {
      this.#backoff.reset();
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#again(), this.#backoff.milliseconds());
  }

  /** A websocket that is refused does not say why; plain HTTP does. */
  async #again() {
    try {
      const now = await get(domainPath(this.#uuid, "console", "state"));
      if (now.next < this.#next) {
        // Its history is another one now.
        this.#told.gap({ from: now.next, to: this.#next, reason: "lost" });
        this.#next = null;
      }
    } catch (failure) {
      if (this.#closed) {
        return;
      }
      if (failure instanceof Refusal && failure.status === 404) {
        this.#end();
        return;
      }
      if (failure instanceof Refusal && (failure.status === 401 || failure.status === 403)) {
        this.#told.state("refused", failure.message);
        return;
      }
      this.#told.state("lost", failure instanceof Refusal ? failure.message : undefined);
      this.#later();
      return;
    }
    if (!this.#closed && this.#socket === null) {
      this.#open();
    }
  }

  #end() {
    this.#closed = true;
    this.#told.end();
    this.#disconnect();
  }

  /** Somebody does not want to wait. */
  retry() {
    if (!this.#closed && this.#socket === null && !this.#resting) {
      clearTimeout(this.#timer);
      this.#backoff.reset();
      this.#open();
    }
  }

  /** Reads no more until the promise is done, and goes on where it was: a browser cannot make a websocket wait. */
  async rest(until) {
    if (this.#resting || this.#socket === null) {
      return;
    }
    this.#resting = true;
    const asked = this.#wantsLease;
    this.#disconnect();
    await until;
    this.#resting = false;
    this.#wantsLease = asked;
    if (!this.#closed) {
      this.#open();
    }
  }

  /** Shows it anew, from the beginning of a boot on. */
  replay(boot) {
    if (!this.#closed) {
      this.#start = { boot };
      this.#next = null;
      const asked = this.#wantsLease;
      this.#disconnect();
      this.#wantsLease = asked;
      this.#open();
    }
  }

  /** Types: at once if this viewer has the lease; else it is asked for, and what is typed meanwhile waits. */
  type(bytes) {
    if (this.holds) {
      this.#write(bytes);
      return;
    }
    if (this.#pending.reduce((sum, one) => sum + one.length, bytes.length) <= TYPED_BYTES) {
      this.#pending.push(bytes);
    }
    this.request();
  }

  #write(bytes) {
    const frame = new Uint8Array(HEADER_BYTES + bytes.length);
    new DataView(frame.buffer).setBigUint64(0, BigInt(this.#typed));
    frame.set(bytes, HEADER_BYTES);
    this.#typed += bytes.length;
    this.#socket?.send(frame);
  }

  #say(frame) {
    if (this.#socket?.readyState === WebSocket.OPEN) {
      this.#socket.send(JSON.stringify(frame));
    }
  }

  request() {
    if (!this.#wantsLease) {
      this.#wantsLease = true;
      this.#say({ type: "request-lease" });
    }
  }

  steal() {
    this.#wantsLease = true;
    this.#say({ type: "steal-lease" });
  }

  release() {
    this.#wantsLease = false;
    this.#pending = [];
    this.#say({ type: "release-lease" });
  }

  resize(size) {
    if (this.holds) {
      this.#say({ type: "resize", ...size });
    }
  }

  #disconnect() {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    this.#self = null;
    this.#lease = null;
    socket?.close();
  }

  close() {
    this.#closed = true;
    removeEventListener("online", this.#online);
    this.#disconnect();
  }
}
