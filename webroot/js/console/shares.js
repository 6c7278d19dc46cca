// Links that show one console to somebody who cannot log in.
import { complain, tell } from "../announce.js";
import { domainPath, get, post, remove } from "../api.js";
import { openDialog } from "../dialog.js";
import { fill, h, icon } from "../dom.js";
import { Field, Form, Section } from "../form.js";
import { count } from "../format.js";
import { COPY } from "../icons.js";

const HOURS = [
  ["600", "10 minutes"],
  ["3600", "1 hour"],
  ["28800", "8 hours"],
  ["604800", "7 days"],
];

export function openShares(uuid, name) {
  const path = domainPath(uuid, "console", "shares");
  const made = h("div", { role: "status" });
  const list = h("ul", { class: "devices" });
  const right = new Field("right", { label: "Who has the link may", kind: "select", options: [["view", "look only"], ["write", "look and type"]] });
  const uses = new Field("uses", { label: "How often it can be opened", kind: "number", value: "1" });
  const expires = new Field("expiresSeconds", { label: "Works for", kind: "select", options: HOURS, value: "3600" });
  const form = new Form([new Section("", [right, uses, expires])]);
  const body = h("form", { novalidate: true }, form.element, h("div", { class: "buttons" }, h("button", { type: "submit", class: "primary" }, "Make a link")));
  const refresh = async () => {
    try {
      showList(list, await get(path), async (share) => {
        await remove(`${path}/${encodeURIComponent(share.id)}`).catch((failure) => complain("The link was not revoked", failure));
        refresh();
      });
    } catch (failure) {
      fill(list, h("li", { class: "problem" }, failure.message));
    }
  };
  body.addEventListener("submit", async (event) => {
    event.preventDefault();
    form.clearProblems();
    const wanted = form.value();
    try {
      const share = await post(path, { ...wanted, expiresSeconds: Number(wanted.expiresSeconds) });
      showLink(made, new URL(share.url, location.origin).href);
      refresh();
    } catch (failure) {
      form.showProblem(failure);
    }
  });
  openDialog(`Share the console of ${name}`, [body, made, h("h3", {}, "Links to this console"), list]);
  refresh();
}

function showLink(place, url) {
  const text = h("input", { type: "text", class: "code", readonly: true, ariaLabel: "The link", id: "share-link" });
  text.value = url;
  const copy = h("button", { type: "button", class: "small", onclick: () => navigator.clipboard?.writeText(url).then(() => tell("Copied"), () => text.select()) }, icon(COPY), " Copy");
  fill(place, h("div", { class: "made-link" }, text, copy), h("p", { class: "hint" }, "It is shown only now."));
  text.select();
}

const isOver = (share) => share.revoked || new Date(share.expires) <= new Date();

function standing(share) {
  if (share.revoked) {
    return "revoked";
  }
  return isOver(share) ? "expired" : `opened ${share.used} of ${count(share.uses, "time")}`;
}

function showList(list, shares, revoke) {
  fill(
    list,
    shares.length === 0 && h("li", { class: "empty" }, "None."),
    shares.toReversed().map((share) =>
      h(
        "li",
        { class: "device" },
        h("div", { class: "device-head" }, h("strong", {}, share.right === "write" ? "Look and type" : "Look only"), h("span", {}, standing(share))),
        h("p", { class: "device-facts" }, `made ${new Date(share.created).toLocaleString()}, good until ${new Date(share.expires).toLocaleString()}`),
        !isOver(share) && h("div", { class: "buttons small" }, h("button", { type: "button", class: "small danger", onclick: () => revoke(share) }, "Revoke")),
      ),
    ),
  );
}
