// @ts-check
/** The addresses of every page, found among the files: a new page is tested without being named anywhere. */
import { readFileSync, readdirSync } from "node:fs";

const STATIC = new URL("../../../static/", import.meta.url);

/** Pages that show nothing before somebody is signed in. */
export const PRIVATE = addresses(true);

/** Pages for everybody, and the one for an address that is none. */
export const PUBLIC = [...addresses(false), "/sign-in?reason=expired", "/nowhere", "/problems", "/problems/wrong-code", "/api"];

/** @param {boolean} isPrivate */
function addresses(isPrivate) {
  const pages = readdirSync(STATIC).filter((name) => name.endsWith(".html") && name !== "404.html");
  const chosen = pages.filter((name) => needsSession(name) === isPrivate);
  return chosen.map((name) => (name === "index.html" ? "/" : `/${name.replace(/\.html$/, "")}`)).sort();
}

/** @param {string} name */
function needsSession(name) {
  return readFileSync(new URL(name, STATIC), "utf8").includes("session-watch");
}
