// xterm.js makes style elements and style attributes while it runs, which this page's policy (style-src 'self') forbids. It is given something
// else: an element whose text becomes a style sheet made by script, which the policy allows, and attributes that become properties.

class AdoptedStyle extends HTMLElement {
  #sheet = new CSSStyleSheet();

  set textContent(text) {
    this.#sheet.replaceSync(text);
  }

  get textContent() {
    return "";
  }

  connectedCallback() {
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, this.#sheet];
  }

  disconnectedCallback() {
    document.adoptedStyleSheets = [...document.adoptedStyleSheets].filter((sheet) => sheet !== this.#sheet);
  }
}

const NAME = "adopted-style";

customElements.define(NAME, AdoptedStyle);

document.createElement = function createElement(name, options) {
  return Document.prototype.createElement.call(this, name === "style" ? NAME : name, options);
};

HTMLSpanElement.prototype.setAttribute = function setAttribute(name, value) {
  if (name === "style") {
    this.style.cssText = value;
  } else {
    Element.prototype.setAttribute.call(this, name, value);
  }
};
