// A share link: trades the token, which never reaches a log, for a cookie that opens this one console, and shows just that.
import { post } from "./api.js";
import { ConsolePane } from "./console/pane.js";
import { fill, h, write } from "./dom.js";

const main = document.getElementById("main");
const REMEMBERED = "xcs.share";

/** When the page is loaded again the cookie is still good, and the token may be used up. */
function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(REMEMBERED));
  } catch {
    return null;
  }
}

async function open() {
  const token = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
  const session = token === "" ? remembered() : await post("/v1/share-sessions", { token });
  if (session === null) {
    throw new Error("This address has no link in it. Ask who shared the console for a new one.");
  }
  sessionStorage.setItem(REMEMBERED, JSON.stringify(session));
  return session;
}

function show(session) {
  write(document.getElementById("title"), session.name);
  document.title = `${session.name} · a shared console · xcs`;
  const pane = new ConsolePane({ uuid: session.uuid, name: session.name, share: false });
  const until = new Date(session.expires).toLocaleString();
  fill(main, h("p", { class: "hint" }, `${session.right === "write" ? "You may look and type" : "You may look"} until ${until}.`), pane.element);
}

open().then(show, (failure) => {
  fill(main, h("section", { class: "card narrow" }, h("h2", {}, "This link does not work"), h("p", { class: "problem" }, failure.message), h("p", {}, "It may have been used already, have expired, or have been revoked.")));
});
