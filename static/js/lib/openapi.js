// @ts-check
/** Reads an OpenAPI document: references, the shape of a schema as text, an example body, a curl command. */

/** @typedef {{ paths: Record<string, Record<string, any>> } & Record<string, any>} Document */
/** @typedef {{ tags?: string[], summary?: string, description?: string, parameters?: any[], requestBody?: any, responses?: Record<string, any>, security?: Record<string, string[]>[] }} Operation */

const DEPTH_MAX = 5;
/** 32 random hex digits by what Linux and macOS both have. */
const RANDOM = "$(od -An -N16 -tx1 /dev/urandom | tr -d ' \\n')";

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
 * A schema as indented text that reads like JSON with types in the place of values, what a field means above it.
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
  const lines = Object.entries(schema.properties).map(([name, node]) => {
    const meaning = node.description ? `${inner}// ${node.description.replace(/\s+/g, " ")}\n` : "";
    return `${meaning}${inner}"${name}"${required.has(name) ? "" : "?"}: ${shape(api, node, depth + 1)}`;
  });
  return `{\n${lines.join(",\n")}\n${"  ".repeat(depth)}}`;
}

/**
 * The smallest body that is taken: what is required, by the schema's own examples; the rest as words in capitals.
 * @param {Document} api
 * @param {any} node
 * @param {string} [name] of the field
 * @param {number} [depth]
 * @returns {any}
 */
export function example(api, node, name = "value", depth = 0) {
  const schema = resolve(api, node) ?? {};
  if (schema.example !== undefined) return schema.example;
  if (schema.examples?.length) return schema.examples[0];
  if (schema.enum) return schema.enum[0];
  const variant = (schema.oneOf ?? schema.anyOf ?? schema.allOf)?.[0];
  if (variant) return example(api, variant, name, depth);
  if (schema.properties && depth < DEPTH_MAX) {
    const required = /** @type {string[]} */ (schema.required ?? []);
    return Object.fromEntries(required.map((key) => [key, example(api, schema.properties[key], key, depth + 1)]));
  }
  if (schema.items) return [example(api, schema.items, name, depth + 1)];
  const type = [schema.type].flat()[0];
  return type === "integer" || type === "number" ? schema.minimum ?? 0 : type === "boolean" ? false : type === "null" ? null : capitals(name);
}

/**
 * A command that works when pasted, once the words in capitals are filled in. Signing in writes the file `jar`, all
 * others read it.
 * @param {string} url
 * @param {string} method
 * @param {Operation} operation
 * @param {string | undefined} type of the body
 * @param {unknown} body
 */
export function curl(url, method, operation, type, body) {
  const schemes = (operation.security ?? []).flatMap((scheme) => Object.keys(scheme));
  const required = (operation.parameters ?? []).filter((parameter) => parameter.required);
  const query = required.filter((parameter) => parameter.in === "query");
  const signsIn = Object.values(operation.responses ?? {}).some((answer) => answer.headers?.["set-cookie"]);
  const parts = [
    `curl ${quoted(url.replace(/\{(\w+)\}/g, (_, name) => capitals(name)))}`,
    !["get", "post"].includes(method) && `--request ${method.toUpperCase()}`,
    method === "post" && type === undefined && "--request POST",
    signsIn && "--cookie-jar jar",
    schemes.includes("session") && "--cookie jar",
    schemes.includes("job") && "--header 'authorization: Bearer TOKEN'",
    required.some((parameter) => parameter.name === "Idempotency-Key") && `--header "idempotency-key: ${RANDOM}"`,
    query.length > 0 && "--get",
    ...query.map(({ name, example: value }) => `--data-urlencode ${quoted(`${name}=${value ?? capitals(name)}`)}`),
    type !== undefined && `--header ${quoted(`content-type: ${type}`)}`,
    type !== undefined && (type === "application/json" ? `--data ${quoted(JSON.stringify(body))}` : "--data-binary @FILE"),
  ];
  return parts.filter(Boolean).join(" \\\n  ");
}

/** @param {string} name */
const capitals = (name) => name.toUpperCase();

/** @param {string} text */
const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
