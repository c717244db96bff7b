// @ts-check
/** Reads an OpenAPI document: references, the shape of a schema as text, an example body, a curl command. */

/** @typedef {{ paths: Record<string, Record<string, any>>, tags?: { name: string, description?: string }[] } & Record<string, any>} Document */
/** @typedef {{ tags?: string[], summary?: string, description?: string, parameters?: any[], requestBody?: any, responses?: Record<string, any>, security?: Record<string, string[]>[] }} Operation */

const DEPTH_MAX = 5;

/**
 * Follows `$ref` inside the document.
 * @param {Document} api
 * @param {any} node
 * @returns {any}
 */
export function resolve(api, node) {
  if (!node?.$ref) return node;
  const found = node.$ref.slice(2).split("/").reduce((/** @type {any} */ at, /** @type {string} */ key) => at?.[key], api);
  return resolve(api, found);
}

/**
 * A schema as indented text that reads like JSON with types in the place of values.
 * @param {Document} api
 * @param {any} node
 * @param {number} [depth]
 * @returns {string}
 */
export function shape(api, node, depth = 0) {
  const schema = resolve(api, node) ?? {};
  const variants = schema.oneOf ?? schema.anyOf;
  if (variants) return variants.map((/** @type {any} */ one) => shape(api, one, depth)).join(" | ");
  if (schema.allOf?.length === 1) return shape(api, schema.allOf[0], depth);
  if (schema.enum) return schema.enum.map((/** @type {unknown} */ one) => JSON.stringify(one)).join(" | ");
  if (schema.properties && depth < DEPTH_MAX) return fields(api, schema, depth);
  if (schema.items) return `[${shape(api, schema.items, depth)}]`;
  return [schema.type ?? "any"].flat().join(" | ") + (schema.format ? ` (${schema.format})` : "");
}

/**
 * @param {Document} api
 * @param {any} schema
 * @param {number} depth
 */
function fields(api, schema, depth) {
  const inner = "  ".repeat(depth + 1);
  const required = new Set(schema.required ?? []);
  const lines = Object.entries(schema.properties).map(([name, node]) =>
    `${inner}"${name}"${required.has(name) ? "" : "?"}: ${shape(api, node, depth + 1)}`);
  return `{\n${lines.join(",\n")}\n${"  ".repeat(depth)}}`;
}

/**
 * A body that shows the form: the schema's own example, or empty values of the right types.
 * @param {Document} api
 * @param {any} node
 * @param {number} [depth]
 * @returns {any}
 */
export function example(api, node, depth = 0) {
  const schema = resolve(api, node) ?? {};
  if (schema.example !== undefined) return schema.example;
  if (schema.examples?.length) return schema.examples[0];
  if (schema.enum) return schema.enum[0];
  const variant = (schema.oneOf ?? schema.anyOf ?? schema.allOf)?.[0];
  if (variant) return example(api, variant, depth);
  if (schema.properties && depth < DEPTH_MAX) {
    return Object.fromEntries(Object.entries(schema.properties).map(([name, inner]) => [name, example(api, inner, depth + 1)]));
  }
  if (schema.items) return [example(api, schema.items, depth + 1)];
  const type = [schema.type].flat()[0];
  return type === "integer" || type === "number" ? 0 : type === "boolean" ? false : type === "null" ? null : "…";
}

/**
 * A command that works when pasted, once the words in capitals are filled in.
 * @param {string} url
 * @param {string} method
 * @param {Operation} operation
 * @param {unknown} body
 */
export function curl(url, method, operation, body) {
  const schemes = (operation.security ?? []).flatMap((scheme) => Object.keys(scheme));
  const headers = (operation.parameters ?? []).filter((parameter) => parameter.in === "header" && parameter.required);
  const parts = [
    `curl '${url}'`,
    method !== "get" && `--request ${method.toUpperCase()}`,
    schemes.includes("session") && "--cookie '__Host-session=SESSION'",
    schemes.includes("job") && "--header 'authorization: Bearer TOKEN'",
    ...headers.map(({ name }) => `--header "${name.toLowerCase()}: $(uuidgen)"`),
    body !== undefined && "--header 'content-type: application/json'",
    body !== undefined && `--data '${JSON.stringify(body)}'`,
  ];
  return parts.filter(Boolean).join(" \\\n  ");
}
