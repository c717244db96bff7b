// @ts-check
/** Says why the sign-in page appeared, when it was not the person's own idea. */
import { el } from "./lib/dom.js";

/** @type {Record<string, [title: string, text: string]>} */
const REASONS = {
  expired: ["Сеанс закончился", "Мы закрываем его после 15 минут без действий. Войдите снова: всё, что вы набрали, сохранилось."],
  "signed-out": ["Вы вышли", "До встречи!"],
};

/** @param {HTMLElement} root */
export function start(root) {
  const reason = REASONS[new URLSearchParams(location.search).get("reason") ?? ""];
  if (!reason) return;
  const [title, text] = reason;
  root.append(el("div", { class: "message" }, el("h2", {}, title), el("p", {}, text)));
}
