// Forms whose fields are named as in the request's body: so the problem that the API answers finds its field by itself.
import { fill, freshId, h, icon, write } from "./dom.js";
import { CLOSE, PLUS } from "./icons.js";

const sentence = (text) => (text ?? "").split(/(?<=[.:;]) /)[0].replaceAll("`", "");

const words = (name) =>
  name
    .replace(/([A-Z])/g, " $1")
    .replace(/ (Mib|Bytes|Seconds)$/, (unit) => ({ " Mib": ", MiB", " Bytes": ", bytes", " Seconds": ", seconds" })[unit])
    .toLowerCase()
    .replace(/^./, (first) => first.toUpperCase())
    .replaceAll(" mib", " MiB");

/** One input with its label, its hint and the place of its problem. */
export class Field {
  element;
  #name;
  #kind;
  #input;
  #error;
  #suggestions = "";

  /**
   * @param name in its object of the body
   * @param its `label`, `kind` (text, number, select, check, list, checks), `options`, `suggestions`, `hint`, `value`, `required`, `wide`
   */
  constructor(name, its) {
    this.#name = name;
    this.#kind = its.kind ?? "text";
    const id = freshId("field");
    this.#error = h("p", { class: "problem", id: `${id}-problem`, hidden: true });
    this.#input = this.#make(id, its);
    const label = its.label ?? words(name);
    const mark = its.required ? h("span", { class: "needed", ariaHidden: "true" }, " *") : "";
    const hint = its.hint ? h("p", { class: "hint", id: `${id}-hint` }, its.hint) : "";
    this.#describe(id, its);
    if (this.#kind === "check") {
      this.element = h("div", { class: "field check" }, h("label", { for: id }, this.#input, " ", label), hint, this.#error);
    } else if (this.#kind === "checks") {
      this.element = h("fieldset", { class: "field checks" }, h("legend", {}, label), this.#input, hint, this.#error);
    } else {
      this.element = h("div", { class: "field" }, h("label", { for: id }, label, mark), this.#input, hint, this.#error);
    }
    this.element.append(this.#suggestions);
    this.element.classList.toggle("wide", its.wide === true);
  }

  /** By the contract's schema; what `its` says wins. */
  static of(name, schema, its = {}) {
    const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
    const base = { hint: sentence(schema.description), required: its.required };
    if (schema.enum) {
      base.kind = "select";
      base.options = schema.enum.map((value) => [value, value]);
      if (!schema.default || its.optional) {
        base.options.unshift(["", "not said"]);
      }
      base.value = its.optional ? "" : schema.default;
    } else if (type === "array" && schema.items?.enum) {
      base.kind = "checks";
      base.options = schema.items.enum.map((value) => [value, value]);
    } else {
      base.kind = { integer: "number", number: "number", boolean: "check", array: "list" }[type] ?? "text";
      base.value = schema.default;
    }
    return new Field(name, { ...base, ...its });
  }

  /** Whether a field can be made of a schema. */
  static canBe(schema) {
    const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
    return ["string", "integer", "number", "boolean"].includes(type) || (type === "array" && schema.items?.type === "string");
  }

  #make(id, its) {
    if (this.#kind === "select") {
      const made = h("select", { id, name: this.#name });
      for (const [value, text] of its.options) {
        made.append(h("option", { value }, text));
      }
      made.value = its.value ?? its.options[0]?.[0] ?? "";
      return made;
    }
    if (this.#kind === "checks") {
      return h(
        "div",
        { class: "check-row" },
        its.options.map(([value, text]) => h("label", {}, h("input", { type: "checkbox", value }), " ", text)),
      );
    }
    if (this.#kind === "check") {
      const made = h("input", { id, type: "checkbox", name: this.#name });
      made.checked = its.value === true;
      return made;
    }
    const made = h("input", {
      id,
      name: this.#name,
      type: "text",
      inputmode: this.#kind === "number" ? "numeric" : undefined,
      autocomplete: "off",
      autocapitalize: "off",
      spellcheck: "false",
      placeholder: its.placeholder,
      class: its.code ? "code" : "",
    });
    made.value = its.value ?? "";
    return made;
  }

  #describe(id, its) {
    if (this.#kind === "checks") {
      return;
    }
    this.#input.setAttribute("aria-describedby", `${its.hint ? `${id}-hint ` : ""}${id}-problem`);
    if (its.required) {
      this.#input.setAttribute("aria-required", "true");
    }
    if (its.suggestions?.length > 0) {
      const list = h("datalist", { id: `${id}-list` }, its.suggestions.map((value) => h("option", { value })));
      this.#input.setAttribute("list", list.id);
      this.#suggestions = list;
    }
  }

  get input() {
    return this.#input;
  }

  onChange(listener) {
    this.#input.addEventListener("input", listener);
  }

  /** Puts what it says into the body; what is empty is not said. */
  collect(body) {
    const value = this.#value();
    if (value !== undefined) {
      body[this.#name] = value;
    }
  }

  #value() {
    const text = this.#kind === "checks" ? "" : this.#input.value.trim();
    switch (this.#kind) {
      case "check":
        return this.#input.checked || undefined;
      case "checks": {
        const on = [...this.#input.querySelectorAll("input:checked")].map((one) => one.value);
        return on.length > 0 ? on : undefined;
      }
      case "list":
        return text === "" ? undefined : text.split(/[\s,]+/).filter((part) => part !== "");
      case "number":
        // What is no number goes as it is: the daemon says best what it expected.
        return text === "" ? undefined : /^-?[0-9]{1,15}$/.test(text) ? Number(text) : text;
      default:
        return text === "" ? undefined : text;
    }
  }

  places(prefix) {
    return [[prefix + this.#name, this]];
  }

  showProblem(text) {
    write(this.#error, text);
    this.#error.hidden = false;
    this.#input.setAttribute("aria-invalid", "true");
    this.element.classList.add("wrong");
    this.element.closest("details")?.setAttribute("open", "");
  }

  clearProblem() {
    this.#error.hidden = true;
    write(this.#error, "");
    this.#input.removeAttribute("aria-invalid");
    this.element.classList.remove("wrong");
  }

  focus() {
    (this.#kind === "checks" ? this.#input.querySelector("input") : this.#input).focus();
  }
}

/** Fields that belong together under a heading; `closed` ones are folded. */
export class Section {
  element;
  #fields;

  constructor(title, fields, { closed = false, hint } = {}) {
    this.#fields = fields;
    const grid = h("div", { class: "fields" }, fields.map((field) => field.element));
    const note = hint ? h("p", { class: "hint" }, hint) : "";
    this.element = closed
      ? h("details", { class: "section" }, h("summary", {}, title), note, grid)
      : h("fieldset", { class: "section" }, title ? h("legend", {}, title) : "", note, grid);
  }

  collect(body) {
    this.#fields.forEach((field) => field.collect(body));
  }

  places(prefix) {
    return this.#fields.flatMap((field) => field.places(prefix));
  }
}

/** Any number of objects in an array of the body, each with the same fields. */
export class Rows {
  element;
  #name;
  #noun;
  #make;
  #rows = [];
  #list = h("div", { class: "rows" });
  #add;

  /** @param make gives the Sections of a new row */
  constructor(name, title, noun, make, hint) {
    this.#name = name;
    this.#noun = noun;
    this.#make = make;
    this.#add = h("button", { type: "button", class: "small", onclick: () => this.add() }, icon(PLUS), ` Add ${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`);
    this.element = h("fieldset", { class: "section" }, h("legend", {}, title), hint ? h("p", { class: "hint" }, hint) : "", this.#list, this.#add);
  }

  add() {
    const parts = this.#make(this.#rows.length);
    const legend = h("legend", {});
    const row = { parts, legend };
    const away = h("button", { type: "button", class: "quiet small", ariaLabel: `Leave this ${this.#noun} out`, onclick: () => this.#remove(row) }, icon(CLOSE));
    row.element = h("fieldset", { class: "row" }, legend, away, parts.map((part) => part.element));
    this.#rows.push(row);
    this.#list.append(row.element);
    this.#number();
    row.element.querySelector("input, select").focus();
  }

  #remove(row) {
    this.#rows.splice(this.#rows.indexOf(row), 1);
    row.element.remove();
    this.#number();
    this.#add.focus();
  }

  #number() {
    this.#rows.forEach((row, i) => write(row.legend, `${this.#noun[0].toUpperCase()}${this.#noun.slice(1)} ${i + 1}`));
  }

  collect(body) {
    if (this.#rows.length > 0) {
      body[this.#name] = this.#rows.map((row) => {
        const object = {};
        row.parts.forEach((part) => part.collect(object));
        return object;
      });
    }
  }

  places(prefix) {
    return this.#rows.flatMap((row, i) => row.parts.flatMap((part) => part.places(`${prefix}${this.#name}[${i}].`)));
  }
}

/** A whole body. */
export class Form {
  element;
  #parts;
  #summary = h("div", { class: "notice failed", role: "alert", hidden: true });

  constructor(parts) {
    this.#parts = parts;
    this.element = h("div", { class: "form" }, this.#summary, parts.map((part) => part.element));
  }

  value() {
    const body = {};
    this.#parts.forEach((part) => part.collect(body));
    return body;
  }

  #places() {
    return this.#parts.flatMap((part) => part.places(""));
  }

  clearProblems() {
    this.#summary.hidden = true;
    this.#places().forEach(([, field]) => field.clearProblem());
  }

  /** Each complaint at the field that it names; what names none of these above all. */
  showProblem(failure) {
    const { placed, rest } = sort(failure, this.#places());
    placed.forEach(([field, text]) => field.showProblem(text));
    const cause = failure.problem?.cause;
    if (rest || cause || placed.length > 1) {
      const text = rest ?? (placed.length > 1 ? `${placed.length} fields cannot be accepted` : null);
      fill(this.#summary, h("div", { class: "notice-text" }, text && h("p", {}, text), cause && h("p", { class: "hint" }, cause)));
      this.#summary.hidden = false;
    }
    if (placed.length > 0) {
      placed[0][0].focus();
    } else {
      this.#summary.scrollIntoView({ block: "nearest" });
    }
  }

  focus() {
    this.#places()[0]?.[1].focus();
  }
}

/** The API tells all complaints in one text, each as `place: what`, and names the first place as the field. */
function sort(failure, places) {
  const detail = failure.message;
  const found = [];
  for (const [place, field] of places) {
    const at = position(detail, place);
    if (at >= 0) {
      found.push({ at, place, field });
    }
  }
  found.sort((one, other) => one.at - other.at);
  const placed = found.map(({ at, place, field }, i) => {
    const end = found[i + 1]?.at ?? detail.length;
    const text = detail.slice(at, end).replace(/; $/, "");
    return [field, text.slice(text.indexOf(": ", place.length - 1) + 2) || text];
  });
  const rest = found.length > 0 ? detail.slice(0, found[0].at).replace(/; $/, "") : detail;
  const named = places.find(([place]) => place === failure.problem?.field?.replace(/\[[0-9]+\]$/, ""));
  if (placed.length === 0 && named) {
    return { placed: [[named[1], detail]], rest: null };
  }
  return { placed, rest: rest === "" ? null : rest };
}

/** Where the complaint about a place begins, or -1. */
function position(detail, place) {
  const quoted = place.replace(/[.[\]]/g, "\\$&");
  const match = new RegExp(`(^|; )${quoted}(\\[[0-9]+\\])?: `).exec(detail);
  return match ? match.index + match[1].length : -1;
}
