// Whether consoles give their lines to a screen reader.
import { keep, kept } from "./settings.js";
import { Signal } from "./signal.js";

export const screenReaderChanged = new Signal();

export const forScreenReader = () => kept("screen-reader") === "yes";

export function readAloud(wanted) {
  keep("screen-reader", wanted ? "yes" : null);
  screenReaderChanged.tell();
}
