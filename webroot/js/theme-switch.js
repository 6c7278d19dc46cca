// Dark and light: as the system has it, or as it is chosen here.
import { Signal } from "./signal.js";
import { keep, kept } from "./settings.js";

export const themeChanged = new Signal();

const system = matchMedia("(prefers-color-scheme: dark)");

export const isDark = () => (document.documentElement.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";

export const chosenTheme = () => kept("theme") ?? "system";

export function chooseTheme(theme) {
  if (theme === "system") {
    delete document.documentElement.dataset.theme;
  } else {
    document.documentElement.dataset.theme = theme;
  }
  keep("theme", theme === "system" ? null : theme);
  themeChanged.tell();
}

system.addEventListener("change", () => themeChanged.tell());
