// What this browser remembers of how somebody likes the page.

export function kept(name) {
  try {
    return localStorage.getItem(`xcs.${name}`);
  } catch {
    return null;
  }
}

export function keep(name, value) {
  try {
    if (value === null) {
      localStorage.removeItem(`xcs.${name}`);
    } else {
      localStorage.setItem(`xcs.${name}`, value);
    }
  } catch {
    // Then it is forgotten with the page.
  }
}
