// @ts-check
/** The addresses of every page, found among the files: a new page is tested without being named anywhere. */
import { readFileSync, readdirSync } from "node:fs";

const STATIC = new URL("../../../static/", import.meta.url);

/** @param {string} folder */
const files = (folder) => readdirSync(new URL(folder, STATIC)).filter((name) => name.endsWith(".html"));

/** Pages that show nothing before somebody is signed in. */
export const PRIVATE = addresses(true);

/** Pages for everybody, and the one for an address that is none. */
export const PUBLIC = [...addresses(false), "/sign-in?reason=expired", "/nowhere", "/problems", "/problems/wrong-code", "/api"];

/** @param {boolean} isPrivate */
function addresses(isPrivate) {
  const chosen = files(".").filter((name) => name !== "404.html" && needsSession(name) === isPrivate);
  return chosen.map((name) => (name === "index.html" ? "/" : `/${name.replace(/\.html$/, "")}`)).sort();
}

/** @param {string} name */
const needsSession = (name) => readFileSync(new URL(name, STATIC), "utf8").includes("session-watch");
