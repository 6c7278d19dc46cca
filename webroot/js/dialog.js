// Dialogs: the browser's own, which keep the focus inside, close on Escape and give the focus back.
import { fill, h, icon, freshId } from "./dom.js";
import { CLOSE } from "./icons.js";

/** Opens a dialog and removes it when it is closed; gives it. */
export function openDialog(title, content, { wide = false } = {}) {
  const id = freshId("dialog");
  const made = h(
    "dialog",
    { class: wide ? "wide" : "", ariaLabelledby: id },
    h(
      "header",
      {},
      h("h2", { id }, title),
      h("button", { type: "button", class: "quiet", ariaLabel: "Close", onclick: () => made.close() }, icon(CLOSE)),
    ),
    h("div", { class: "dialog-body" }, content),
  );
  made.addEventListener("close", () => made.remove());
  made.addEventListener("click", (event) => event.target === made && made.close());
  document.body.append(made);
  made.showModal();
  return made;
}

/** Asks before something that cannot be undone; resolves to whether it is wanted. */
export function confirmed(title, text, action, more = []) {
  return new Promise((resolve) => {
    let wanted = false;
    const yes = h("button", { type: "button", class: "danger", onclick: () => ((wanted = true), made.close()) }, action);
    const no = h("button", { type: "button", onclick: () => made.close() }, "Keep it");
    const made = openDialog(title, [h("p", {}, text), more, h("div", { class: "buttons end" }, no, yes)]);
    made.addEventListener("close", () => resolve(wanted));
    no.focus();
  });
}

/**
 * A dialog around a form. `submit` gives a promise; while it runs the form is busy, and its problem is shown at the field it names.
 */
export function formDialog(title, form, action, submit) {
  const go = h("button", { type: "submit", class: "primary" }, action);
  const cancel = h("button", { type: "button", onclick: () => made.close() }, "Cancel");
  const body = h("form", { novalidate: true }, form.element, h("div", { class: "buttons end" }, cancel, go));
  const made = openDialog(title, body);
  body.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (body.ariaBusy === "true") {
      return;
    }
    body.ariaBusy = "true";
    fill(go, h("span", { class: "spinner" }), action);
    form.clearProblems();
    try {
      await submit(form.value());
      made.close();
    } catch (failure) {
      form.showProblem(failure);
    } finally {
      body.ariaBusy = "false";
      fill(go, action);
    }
  });
  form.focus();
  return made;
}
