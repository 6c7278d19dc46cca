// A new domain: the fields of the contract, the usual ones first.
import { say, work } from "../announce.js";
import { get, post } from "../api.js";
import { schemaOf } from "../contract.js";
import { fill, h } from "../dom.js";
import { Field, Form, Rows, Section } from "../form.js";
import { Ends } from "../signal.js";

const REFUSED = "The domain was not created";

export function createView(board) {
  const ends = new Ends();
  const place = h("div", {}, h("p", { class: "loading" }, "Asking what this host can do…"));
  const element = h("section", { class: "card narrow" }, h("h1", {}, "New domain"), place);
  const view = { element, title: "New domain", close: () => ends.close() };
  let closed = false;
  ends.add(() => (closed = true));
  prepare(board)
    .then((form) => closed || (fill(place, formElement(form, () => closed)), form.focus()))
    .catch((failure) => fill(place, h("p", { class: "problem" }, failure.message)));
  return view;
}

async function prepare(board) {
  const [domain, disk, vif, networks, host] = await Promise.all([
    schemaOf("DomainRequest"),
    schemaOf("DiskRequest"),
    schemaOf("VifRequest"),
    get("/v1/networks"),
    board.host ?? get("/v1/host"),
  ]);
  const used = new Set(["disks", "vifs"]);
  const take = (name, its = {}) => {
    used.add(name);
    return domain.fields[name] ? [Field.of(name, domain.fields[name], { required: domain.required.has(name), ...its })] : [];
  };
  const kernels = host.simulated ? ["sim:linux", "sim:netbsd"] : [];
  const parts = [
    new Section("What it is", [
      ...take("name", { hint: "Unique on this host.", code: true }),
      ...take("type", { hint: "What kind of domain." }),
      ...take("memoryMib", { label: "Memory, MiB", value: "256", hint: `${host.freeMemoryMib} MiB are free.` }),
      ...take("vcpus", { label: "Virtual CPUs", value: "1", hint: "" }),
    ]),
    new Section("What it boots", [
      ...take("kernel", { value: host.simulated ? "sim:linux" : "", suggestions: kernels, code: true, wide: true, hint: host.simulated ? "On this simulated host sim:linux or sim:netbsd, or a path in dom0." : "A path in dom0's file system." }),
      ...take("ramdisk", { code: true, wide: true, hint: "A path in dom0's file system." }),
      ...take("cmdline", { label: "Command line", code: true, wide: true, hint: "" }),
    ]),
    new Rows("disks", "Disks", "disk", () => diskSections(disk), "Files, block devices and images of dom0."),
    new Rows("vifs", "Network interfaces", "interface", () => vifSections(vif, networks), null),
  ];
  const others = rest(domain, used);
  return new Form(others.length > 0 ? [...parts, new Section("More", others, { closed: true })] : parts);
}

/** Whatever else the contract has, also what this page does not know of. */
function rest(schema, used) {
  return Object.entries(schema.fields)
    .filter(([name, its]) => !used.has(name) && Field.canBe(its))
    .map(([name, its]) => Field.of(name, its, { required: schema.required.has(name) }));
}

function some(schema, usual) {
  const used = new Set(usual.map(([name]) => name));
  const first = usual.filter(([name]) => schema.fields[name]).map(([name, its]) => Field.of(name, schema.fields[name], { required: schema.required.has(name), ...its }));
  const more = rest(schema, used);
  return more.length > 0 ? [new Section("", first), new Section("More", more, { closed: true })] : [new Section("", first)];
}

/** For a new disk, also of a domain that is there. */
export const diskSections = (schema) =>
  some(schema, [
    ["target", { label: "File or device in dom0", code: true, wide: true, hint: "" }],
    ["vdev", { label: "Name in the guest", code: true, placeholder: "xvda", hint: "" }],
    ["format", { hint: "" }],
    ["access", { optional: true, hint: "" }],
    ["device", { hint: "" }],
  ]);

/** For a new interface. */
export const vifSections = (schema, networks) =>
  some(schema, [
    ["network", { kind: "select", options: networkOptions(networks), hint: "" }],
    ["bridge", { label: "or a bridge of dom0", code: true, hint: "" }],
    ["mac", { label: "MAC address", code: true, placeholder: "chosen", hint: "" }],
    ["ip", { label: "IP addresses", code: true, placeholder: "any", hint: "" }],
    ["rate", { code: true, placeholder: "no limit", hint: "As 10Mb/s or 1MB/s." }],
  ]);

const networkOptions = (networks) => [["", "The default"], ...networks.map((network) => [network.name, `${network.name} (${network.kind})`])];

function formElement(form, isClosed) {
  const go = h("button", { type: "submit", class: "primary" }, "Create it");
  const status = h("p", { class: "working", role: "status", hidden: true }, h("progress", { ariaLabel: "Building the domain" }), " Building it; this page goes to its console when it runs.");
  const element = h("form", { novalidate: true, ariaLabel: "New domain" }, form.element, status, h("div", { class: "buttons" }, go, h("a", { class: "button", href: "#/" }, "Cancel")));
  element.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (go.disabled) {
      return;
    }
    form.clearProblems();
    go.disabled = true;
    status.hidden = false;
    try {
      const body = form.value();
      const made = await work(`Creating ${body.name ?? "a domain"}`, null, post("/v1/domains", body), { quiet: true });
      say(`${made.name} is ${made.state}`);
      if (!isClosed()) {
        location.hash = `#/domains/${made.uuid}`;
      }
    } catch (failure) {
      form.showProblem(failure);
      say(REFUSED);
    } finally {
      go.disabled = false;
      status.hidden = true;
    }
  });
  return element;
}
