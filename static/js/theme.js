// @ts-check
/** The choice of light, dark or the system's theme. `theme-early.js` applies it before the first paint. */

/** @param {HTMLElement} root */
export function start(root) {
  const chosen = document.documentElement.dataset.theme ?? "auto";
  for (const input of root.querySelectorAll("input")) {
    input.checked = input.value === chosen;
    input.addEventListener("change", () => choose(input.value));
  }
  root.hidden = false;
}

/** @param {string} theme */
function choose(theme) {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    if (theme === "auto") localStorage.removeItem("theme");
    else localStorage.setItem("theme", theme);
  } catch {
    // The choice then lasts as long as the page.
  }
}
