// @ts-check
/** A link that is shown once, with a button that copies it; where the browser does not let it, the link is selected. */
import { announce, el } from "./dom.js";

/**
 * @param {string} link
 * @param {string} [selected] what is said where the browser copies nothing
 */
export function handedLink(link, selected = "Ссылка выделена: скопируйте её") {
  const code = el("code", {}, link);
  const button = el("button", { class: "button button--quiet button--small", type: "button" }, "Скопировать");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(link);
      button.textContent = "Скопировано";
    } catch {
      getSelection()?.selectAllChildren(code);
      button.textContent = selected;
    }
    announce(button.textContent);
  });
  return el("div", { class: "stack stack--tight" }, el("p", {}, code), el("p", {}, button));
}
