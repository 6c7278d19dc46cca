// Control messages in words.
import { bytes } from "./format.js";

const XENBUS = ["unknown", "initialising", "waiting for the other end", "initialised", "connected", "closing", "closed", "reconfiguring", "reconfigured"];

const LIFE = {
  "DOMAIN.APPEARED": "is new:",
  "DOMAIN.CHANGED": "is now",
  "DOMAIN.ENDED": "has ended",
  "DOMAIN.CRASHED": "has crashed",
};

const XVD = 202;
const EXTENDED = 1 << 28;
const LETTERS = "abcdefghijklmnopqrstuvwxyz";

const letters = (index) => (index < 26 ? LETTERS[index] : letters(Math.floor(index / 26) - 1) + LETTERS[index % 26]);

/** As Xen numbers virtual disks, see xen-vbd-interface(7); other ways to number them are shown as numbers. */
function deviceName(handle, type) {
  if (type.startsWith("NETIF")) {
    return `interface ${handle}`;
  }
  if (handle >> 8 === XVD) {
    return `xvd${letters((handle & 0xff) >> 4)}${handle & 15 || ""}`;
  }
  return (handle & EXTENDED) !== 0 ? `xvd${letters((handle & 0xfffffff) >> 8)}${handle & 255 || ""}` : `disk ${handle}`;
}

const PAYLOADS = {
  empty: () => "",
  "console-activity": (payload) => `printed ${bytes(payload.bytes)}`,
  milestone: (payload) => `boot: ${payload.name.replaceAll("-", " ")}`,
  share: (payload) => `a link to ${payload.right === "write" ? "look and type" : "look only"}, good for ${payload.usesLeft} more${payload.reason ? `: ${payload.reason}` : ""}`,
  "device-status": (payload, message) => `${deviceName(payload.handle, message.type)} ${XENBUS[payload.xenbusState] ?? payload.xenbusState}`,
  sysrq: (payload) => `magic key ${payload.key}`,
  memory: (payload) => `${bytes(payload.targetKib * 1024)} asked for`,
  vcpu: (payload) => `vcpu ${payload.vcpu}`,
  lifecycle: (payload, message) => [LIFE[message.subtype] ?? "", message.subtype === "DOMAIN.CRASHED" ? "" : (payload.state ?? ""), payload.reason && `(${payload.reason})`].filter(Boolean).join(" "),
  "log-line": (payload) => payload.text,
  disk: (payload) => `disk ${payload.disk.vdev}`,
  "disk-removal": (payload) => `disk ${payload.vdev}${payload.force ? ", by force" : ""}`,
  "disk-size": (payload) => `disk ${payload.vdev} to ${bytes(payload.sizeBytes)}`,
  vif: () => "a network interface",
  "vif-removal": (payload) => `interface ${payload.index}${payload.force ? ", by force" : ""}`,
  "vif-rate": (payload) => `interface ${payload.index}: ${payload.rate ?? "no limit"}`,
};

/** What a message says; what this page does not know is shown as it is. */
export function describe(message) {
  const { payload } = message;
  const words = PAYLOADS[payload.kind];
  const text = words ? words(payload, message) : JSON.stringify(payload);
  return message.requestor ? `${text} · asked by ${message.requestor}`.replace(/^ · /, "") : text;
}
