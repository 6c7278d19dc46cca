// Elements. Text is always text: nothing that comes from a guest or from the API is ever read as markup.

/** Makes an element: `h("a", { href: "#/", class: "name", onclick: f, ariaLabel: "x" }, "text", other)`. */
export function h(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    set(made, name, value);
  }
  made.append(...flat(children));
  return made;
}

function set(element, name, value) {
  if (value === undefined || value === null || value === false) {
    return;
  }
  if (name.startsWith("on")) {
    element.addEventListener(name.slice(2), value);
  } else if (name === "data") {
    Object.assign(element.dataset, value);
  } else if (name === "class") {
    element.className = value;
  } else {
    element.setAttribute(attribute(name), value === true ? "" : value);
  }
}

const attribute = (name) => (name.startsWith("aria") ? `aria-${name.slice(4).toLowerCase()}` : name);

const flat = (children) => children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false);

/** Replaces what is in an element. */
export function fill(element, ...children) {
  element.replaceChildren(...flat(children));
  return element;
}

/** Writes a text only where it differs, so that a screen reader is told of changes alone. */
export function write(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

const SVG = "http://www.w3.org/2000/svg";

/** An icon: a path on a grid of 16 by 16, drawn as a line. It says nothing by itself: its button has a label. */
export function icon(path) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

let lastId = 0;

/** An id that no other element has. */
export const freshId = (prefix) => `${prefix}-${++lastId}`;
