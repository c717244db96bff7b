// @ts-check
/** Draws the readable API reference from the OpenAPI document. */
import { el } from "./lib/dom.js";
import { curl, example, resolve, shape } from "./lib/openapi.js";

/** @typedef {import("./lib/openapi.js").Document} Document */
/** @typedef {import("./lib/openapi.js").Operation} Operation */

const METHODS = ["get", "post", "put", "patch", "delete"];

/** @param {HTMLElement} root */
export async function start(root) {
  try {
    const response = await fetch("/api/openapi.json");
    if (!response.ok) throw new Error(String(response.status));
    root.append(...groups(await response.json()));
  } catch {
    root.append(el("p", { class: "message message--danger" }, "Описание не загрузилось. Откройте ", el("a", { href: "/api/openapi.json" }, "openapi.json"), "."));
  }
  root.removeAttribute("aria-busy");
}

/** @param {Document} api */
function groups(api) {
  /** @type {Map<string, HTMLElement[]>} */
  const byTag = new Map();
  for (const [path, operations] of Object.entries(api.paths)) {
    for (const method of METHODS.filter((name) => name in operations)) {
      const operation = /** @type {Operation} */ (operations[method]);
      const tag = operation.tags?.[0] ?? "прочее";
      byTag.set(tag, [...(byTag.get(tag) ?? []), entry(api, method, path, operation)]);
    }
  }
  const contents = el("nav", { class: "contents", "aria-label": "Разделы" },
    [...byTag.keys()].map((tag) => el("a", { href: `#tag-${tag}` }, tag)));
  return [contents, ...[...byTag].map(([tag, entries]) =>
    el("section", { class: "card", "aria-labelledby": `tag-${tag}` },
      el("h2", { id: `tag-${tag}` }, tag),
      entries))];
}

/**
 * @param {Document} api
 * @param {string} method
 * @param {string} path
 * @param {Operation} operation
 */
function entry(api, method, path, operation) {
  const [type, content] = Object.entries(resolve(api, operation.requestBody)?.content ?? {})[0] ?? [];
  const body = type === "application/json" ? content?.schema : undefined;
  return el("details", { class: "operation" },
    el("summary", {},
      el("span", { class: `method method--${method}` }, method.toUpperCase()),
      el("code", {}, path),
      el("span", {}, operation.summary)),
    el("div", { class: "operation-body" },
      operation.description && el("p", {}, operation.description),
      parameters(api, operation),
      body && [el("h3", {}, "Тело"), code(shape(api, body))],
      answers(api, operation),
      el("h3", {}, "Пример"),
      code(curl(location.origin + path, method, operation, type, body && example(api, body)))));
}

/**
 * @param {Document} api
 * @param {Operation} operation
 */
function parameters(api, operation) {
  const rows = (operation.parameters ?? []).map((reference) => resolve(api, reference));
  if (rows.length === 0) return null;
  return el("div", {},
    el("h3", {}, "Параметры"),
    el("dl", { class: "parameters" }, rows.map((parameter) =>
      el("div", {}, el("dt", {}, el("code", {}, parameter.name), ` · ${parameter.in}`), el("dd", {}, parameter.description ?? "")))));
}

/**
 * @param {Document} api
 * @param {Operation} operation
 */
function answers(api, operation) {
  return [
    el("h3", {}, "Ответы"),
    ...Object.entries(operation.responses ?? {}).map(([status, reference]) => {
      const answer = resolve(api, reference);
      const schema = answer.content?.["application/json"]?.schema;
      return el("div", {}, el("p", {}, el("strong", {}, status), ` ${answer.description ?? ""}`), schema && code(shape(api, schema)));
    }),
  ];
}

/** @param {string} text */
const code = (text) => el("pre", {}, el("code", {}, text));
