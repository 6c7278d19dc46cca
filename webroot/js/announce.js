// What is said to everybody: a screen reader hears it, others see it for a while. Work that takes long shows that it goes on.
import { h, write, icon } from "./dom.js";
import { duration } from "./format.js";
import { CLOSE } from "./icons.js";

const SHOWN_MS = 6000;
/** Work that is done sooner needs no notice. */
const UNNOTICED_MS = 400;

const MOST = 6;

const region = document.getElementById("notices");
const polite = document.getElementById("said");

/** For ears only. */
export function say(text) {
  write(polite, "");
  requestAnimationFrame(() => write(polite, text));
}

function notice(kind, ...content) {
  const made = h("div", { class: `notice ${kind}` }, h("div", { class: "notice-text" }, content));
  region.append(made);
  while (region.childElementCount > MOST) {
    region.firstChild.remove();
  }
  return made;
}

/** Something has happened. */
export function tell(text) {
  const made = notice("done", text);
  setTimeout(() => made.remove(), SHOWN_MS);
  say(text);
}

/** Stays until it is put away. */
function alert(...content) {
  const made = notice("failed", content);
  made.setAttribute("role", "alert");
  made.append(h("button", { type: "button", class: "quiet small", ariaLabel: "Put this message away", onclick: () => made.remove() }, icon(CLOSE)));
}

/** Something has failed, and why. */
export function complain(title, failure) {
  const problem = failure.problem ?? {};
  const where = [problem.step && `step: ${problem.step}`, problem.call, problem.errnoText].filter(Boolean).join(" · ");
  alert(h("strong", {}, title), h("p", {}, failure.message), problem.cause && h("p", { class: "hint" }, problem.cause), where !== "" && h("p", { class: "hint" }, where));
}

/** Something bad has happened by itself. */
export function alarm(title, detail) {
  alert(h("strong", {}, title), detail !== "" && h("pre", { tabindex: "0", ariaLabel: "Last lines of its console" }, detail));
}

/**
 * Shows that work goes on, and how long already; says how it ended. Gives what the work gave; its failure is told and thrown.
 *
 * @param doing "Destroying web"
 * @param done "web is destroyed", or nothing if what follows shows it
 */
export async function work(doing, done, promise, { quiet = false } = {}) {
  const begun = performance.now();
  let made = null;
  const clock = h("span", { class: "number" });
  const progress = h("progress", { ariaLabel: doing });
  const show = () => {
    made ??= notice("busy", h("span", {}, doing), progress, clock);
    write(clock, duration((performance.now() - begun) / 1000));
  };
  const soon = setTimeout(show, UNNOTICED_MS);
  const ticking = setInterval(() => made && show(), 1000);
  try {
    const result = await promise;
    if (done) {
      tell(done);
    }
    return result;
  } catch (failure) {
    if (!quiet) {
      complain(`${doing}: it failed`, failure);
    }
    throw failure;
  } finally {
    clearTimeout(soon);
    clearInterval(ticking);
    made?.remove();
  }
}
