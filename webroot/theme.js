// Classic and early, so that the page is never shown in the wrong colours: dark or light by the system, or as it was chosen.
"use strict";
try {
  const chosen = localStorage.getItem("xcs.theme");
  if (chosen === "dark" || chosen === "light") {
    document.documentElement.dataset.theme = chosen;
  }
} catch {
  // A browser that keeps nothing follows the system.
}
