// @ts-check
/** Draws the readable API reference: what there is from a list, how an operation works from the OpenAPI document. */
import { el } from "./lib/dom.js";
import { curl, example, resolve, shape } from "./lib/openapi.js";

/** @typedef {import("./lib/openapi.js").Document} Document */
/** @typedef {import("./lib/openapi.js").Operation} Operation */
/** @typedef {{ tag: string, method: string, path: string, summary: string }} Entry */

/** @param {HTMLElement} root */
export async function start(root) {
  try {
    root.append(...groups(await load("/api/operations.json")));
  } catch {
    root.append(failure());
  }
  root.removeAttribute("aria-busy");
}

/**
 * @param {string} path
 * @returns {Promise<any>}
 */
async function load(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(String(response.status));
  return response.json();
}

const failure = () => el("p", { class: "message message--danger" }, "Описание не загрузилось. Откройте ", el("a", { href: "/api/openapi.json" }, "openapi.json"), ".");

/** @type {Promise<Document> | undefined} */
let asked;
/** The document is heavy, and most visits look at the list: asked for once, when the first operation is opened. */
const wholeDocument = () => (asked ??= load("/api/openapi.json").catch((error) => {
  asked = undefined;
  throw error;
}));

/** @param {Entry[]} entries */
function groups(entries) {
  const tags = [...new Set(entries.map(({ tag }) => tag))];
  const contents = el("nav", { class: "contents", "aria-label": "Разделы" }, tags.map((tag) => el("a", { href: `#tag-${tag}` }, tag)));
  return [contents, ...tags.map((tag) =>
    el("section", { class: "card", "aria-labelledby": `tag-${tag}` },
      el("h2", { id: `tag-${tag}` }, tag),
      entries.filter((one) => one.tag === tag).map(entry)))];
}

/** @param {Entry} entry */
function entry({ method, path, summary }) {
  const place = el("div");
  const isDescribed = () => place.querySelector("h3") !== null;
  const describe = async () => {
    if (isDescribed()) return;
    const words = await wholeDocument().then((api) => description(api, method, path), failure);
    if (!isDescribed()) place.replaceChildren(words);
  };
  return el("details", { class: "operation", ontoggle: describe },
    el("summary", {},
      el("span", { class: `method method--${method}` }, method.toUpperCase()),
      el("code", {}, path),
      el("span", {}, summary)),
    place);
}

/**
 * @param {Document} api
 * @param {string} method
 * @param {string} path
 */
function description(api, method, path) {
  const operation = /** @type {Operation} */ (api.paths[path]?.[method]);
  const [type, content] = Object.entries(resolve(api, operation.requestBody)?.content ?? {})[0] ?? [];
  const body = type === "application/json" ? content?.schema : undefined;
  return el("div", { class: "operation-body" },
    operation.description && el("p", {}, operation.description),
    parameters(api, operation),
    body && [el("h3", {}, "Тело"), code(shape(api, body))],
    answers(api, operation),
    el("h3", {}, "Пример"),
    code(curl(location.origin + path, method, operation, type, body && example(api, body))));
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
