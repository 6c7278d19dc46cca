// Puts the page together: what it knows, its views by the part of the address after #, its keys and its header.
import { alarm, say } from "./announce.js";
import { domainPath, sessionEnded, text } from "./api.js";
import { fill, icon, write } from "./dom.js";
import { THEME } from "./icons.js";
import { Keys } from "./keys.js";
import { Switchboard } from "./switchboard.js";
import { chooseTheme, chosenTheme } from "./theme-switch.js";
import { consolesView } from "./view/consoles.js";
import { createView } from "./view/create.js";
import { domainView } from "./view/domain.js";
import { eventsView } from "./view/events.js";
import { loginView } from "./view/login.js";
import { overview } from "./view/overview.js";

const byId = (id) => document.getElementById(id);
const main = byId("main");
const board = new Switchboard();
const keys = new Keys({
  "g d": () => (location.hash = "#/"),
  "g c": () => (location.hash = "#/consoles"),
  "g e": () => (location.hash = "#/events"),
  n: () => (location.hash = "#/create"),
  t: () => nextTheme(),
});

const VIEWS = { "": overview, create: createView, domains: domainView, consoles: consolesView, events: eventsView };

let shown = null;

function show(view, place, rest) {
  shown?.close();
  shown = view(board, rest);
  fill(main, shown.element);
  keys.use(shown.keys);
  title(shown.title);
  for (const link of document.querySelectorAll("nav [data-place]")) {
    if (link.dataset.place === place) {
      link.setAttribute("aria-current", "page");
    } else {
      link.removeAttribute("aria-current");
    }
  }
}

function title(text) {
  document.title = `${text} · xcs`;
}

function route(first) {
  const [place, ...rest] = location.hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  show(VIEWS[place] ?? overview, place === "domains" ? "" : place, rest);
  if (first !== true) {
    main.focus({ preventScroll: true });
    scrollTo(0, 0);
    say(document.title);
  }
}

const STATES = {
  connecting: "Connecting",
  live: "Live",
  lost: "Connection lost",
  resting: "Resting",
  ended: "Not logged in",
};

function showLink(state) {
  const link = byId("link");
  link.className = `link ${state}`;
  write(link, STATES[state]);
  byId("lost").hidden = state !== "lost";
  write(byId("lost"), state === "lost" ? "The daemon does not answer. What you see may be old; this page goes on by itself when it is back." : "");
}

function showHost() {
  byId("simulated").hidden = board.host?.simulated !== true;
}

const THEMES = { system: "dark", dark: "light", light: "system" };

function nextTheme() {
  chooseTheme(THEMES[chosenTheme()]);
  showTheme();
  say(`Colours: ${chosenTheme()}`);
}

function showTheme() {
  const button = byId("theme");
  const label = `Colours: ${chosenTheme() === "system" ? "as the system" : chosenTheme()}`;
  fill(button, icon(THEME));
  button.setAttribute("aria-label", label);
  button.title = `${label} (t)`;
}

function loggedOut() {
  byId("simulated").hidden = true;
  if (shown?.isLogin !== true) {
    show(loginView, "login", []);
  }
}

const LAST_BYTES = 2048;
const LAST_LINES = 8;

/** A guest has crashed: everybody sees its last lines, wherever they are on the page; its own view shows them itself. */
async function crashed(message) {
  const path = domainPath(message.domain);
  if (location.hash.startsWith(`#/domains/${message.domain}`)) {
    return;
  }
  const last = await text(`${path}/console/log?as=text&last=${LAST_BYTES}`).catch(() => "");
  alarm(`${message.payload.name} has crashed`, last.trimEnd().split("\n").slice(-LAST_LINES).join("\n"));
}

byId("theme").addEventListener("click", nextTheme);
document.querySelector(".skip").addEventListener("click", (event) => {
  // The part after # is the view's.
  event.preventDefault();
  main.focus();
});
byId("help").addEventListener("click", () => keys.help());
addEventListener("hashchange", route);
sessionEnded.listen(loggedOut);
board.stream.changed.listen((state) => {
  showLink(state);
  if (state === "live" && shown?.isLogin === true) {
    route();
  }
});
board.changed.listen(showHost);
board.stream.message.listen((message) => message.subtype === "DOMAIN.CRASHED" && crashed(message));
showTheme();
route(true);
board.start();
