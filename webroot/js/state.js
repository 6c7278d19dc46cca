// How a domain's state is shown, and what may be asked of it.
import { work } from "./announce.js";
import { domainPath, put, remove } from "./api.js";
import { confirmed } from "./dialog.js";
import { h, write } from "./dom.js";
import { PAUSE, PLAY, POWER, REBOOT, TRASH } from "./icons.js";

/** Not by colour alone: each state has its word and its shape. */
export function stateBadge(state) {
  const badge = h("span", { class: "state" }, "");
  showState(badge, state);
  return badge;
}

export function showState(badge, state) {
  if (badge.dataset.state !== state) {
    badge.dataset.state = state;
    write(badge, state);
  }
}

export const isControlDomain = (domain) => domain.uuid === "00000000-0000-0000-0000-000000000000";

const ask = (domain, state) => put(domainPath(domain.uuid, "state"), { state });

async function destroy(domain) {
  const sure = await confirmed(
    `Destroy ${domain.name}?`,
    "The guest is not asked: it ends at once, as if its power was cut. Its disks stay where they are.",
    "Destroy it",
  );
  return sure ? work(`Destroying ${domain.name}`, `${domain.name} is destroyed`, remove(domainPath(domain.uuid))) : null;
}

/** What can be done with a domain: `{ id, label, icon, danger, enabled(domain), run(domain) }`. */
export const ACTIONS = [
  {
    id: "run",
    label: "Unpause",
    icon: PLAY,
    enabled: (domain) => domain.state === "paused",
    run: (domain) => work(`Unpausing ${domain.name}`, null, ask(domain, "running")),
  },
  {
    id: "pause",
    label: "Pause",
    icon: PAUSE,
    enabled: (domain) => domain.state === "running",
    run: (domain) => work(`Pausing ${domain.name}`, null, ask(domain, "paused")),
  },
  {
    id: "shutdown",
    label: "Shut down",
    icon: POWER,
    enabled: (domain) => domain.state === "running",
    run: (domain) => work(`Asking ${domain.name} to shut down`, `${domain.name} was asked to shut down`, ask(domain, "shutdown")),
  },
  {
    id: "reboot",
    label: "Reboot",
    icon: REBOOT,
    enabled: (domain) => domain.state === "running",
    run: (domain) => work(`Asking ${domain.name} to reboot`, `${domain.name} was asked to reboot`, ask(domain, "rebooted")),
  },
  { id: "destroy", label: "Destroy", icon: TRASH, danger: true, enabled: (domain) => domain.state !== "dying", run: destroy },
];

/** Runs an action once at a time; its button is busy meanwhile. What fails was told already. */
export async function act(action, domain, button) {
  if (button.ariaBusy === "true") {
    return;
  }
  button.ariaBusy = "true";
  try {
    await action.run(domain);
  } catch {
    // Told where the work was shown.
  } finally {
    button.ariaBusy = "false";
  }
}
