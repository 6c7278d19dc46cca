// What is shown to a browser that the daemon does not know.
import { h } from "../dom.js";

export function loginView(board) {
  const command = `curl -sS -X POST -H "Authorization: Bearer $(cat admin.token)" ${location.origin}/v1/login-links`;
  const element = h(
    "section",
    { class: "card narrow" },
    h("h1", {}, "Not logged in"),
    h("p", {}, "The daemon is here, but does not know this browser. Open the login link that ", h("code", {}, "xcsd"), " printed when it started; it works once and for ten minutes."),
    h("p", {}, "To make a new one, read the token from the file ", h("code", {}, "admin.token"), " in the daemon's state directory:"),
    h("pre", { tabindex: "0", ariaLabel: "Command" }, h("code", {}, command)),
    h("button", { type: "button", class: "primary", onclick: () => board.stream.retry() }, "Try again"),
  );
  return { element, title: "Log in", isLogin: true, close() {} };
}
