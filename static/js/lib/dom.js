// @ts-check
/** Makes and finds elements. */

/** @typedef {Node | string | null | undefined | false} Child */

/**
 * An element with attributes and children; `null`, `undefined` and `false` are left out.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | number | boolean | null | undefined | ((event: Event) => void)>} [attributes]
 * @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.replace(/^on/, ""), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, String(value));
  }
  element.append(...children.flat().filter(isNode));
  return element;
}

/**
 * A picture from our own set, which says nothing to a screen reader.
 * @param {string} name
 * @param {string} [className]
 */
export function icon(name, className = "icon") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

/**
 * The one element that the page must have.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} selector
 * @param {ParentNode} [root]
 * @returns {T}
 */
export function find(selector, root = document) {
  const found = root.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new Error(`no ${selector} on the page`);
  return /** @type {T} */ (found);
}

/**
 * Answers a form, also when it was sent before this script ran (submit-early.js).
 * @param {HTMLFormElement} form
 * @param {() => void} handler
 */
export function onSubmit(form, handler) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    handler();
  });
  const wasSent = form.dataset.early === "sent";
  form.dataset.early = "answered";
  if (wasSent) handler();
}

/**
 * Tells people who do not see the page.
 * @param {string} text
 */
export function announce(text) {
  find("[data-announce]").textContent = text;
}

/**
 * Marks a button as working: it keeps its place and its focus, and refuses a second press.
 * @param {HTMLButtonElement} button
 * @param {boolean} isBusy
 */
export function setBusy(button, isBusy) {
  button.setAttribute("aria-disabled", String(isBusy));
}

/**
 * Takes a button away that has done its work; who stood on it goes on from what it brought.
 * @param {HTMLButtonElement} button
 * @param {Element | null | undefined} next
 */
export function retire(button, next) {
  const hadFocus = document.activeElement === button;
  button.remove();
  if (!hadFocus || !(next instanceof HTMLElement)) return;
  next.tabIndex = -1;
  next.focus();
}

/** @param {HTMLButtonElement} button */
export const isBusy = (button) => button.getAttribute("aria-disabled") === "true";

/**
 * @param {Child} child
 * @returns {child is Node | string}
 */
function isNode(child) {
  return child !== null && child !== undefined && child !== false;
}
