// @ts-check
/** A portal of a test's own: `MOYDOM` is the host's program, and the state lasts as long as the test. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** A port that is free at the moment. */
export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  server.close();
  await once(server, "close");
  return port;
}

/**
 * Serves a demo with these variables, empty or with the people of the demo house; gives what stops it.
 * @param {string} listen
 * @param {Record<string, string>} variables
 * @param {{ isSeeded?: boolean }} [demo]
 */
export async function startPortal(listen, variables, { isSeeded = false } = {}) {
  const program = process.env.MOYDOM ?? "moydom";
  const state = mkdtempSync(join(tmpdir(), "moydom-"));
  const given = Object.entries(variables).map(([name, value]) => [`SPIN_VARIABLE_${name.toUpperCase()}`, value]);
  const env = { ...process.env, ...Object.fromEntries(given) };
  execFileSync(program, ["migrate", "--demo", "--state", state], { cwd: ROOT, stdio: "ignore" });
  if (isSeeded) execFileSync(program, ["seed-demo", "--state", state], { cwd: ROOT, stdio: "ignore" });
  const host = spawn(program, ["serve", "--listen", listen, "--state", state], { cwd: ROOT, env, stdio: ["ignore", "ignore", "pipe"] });
  const ended = once(host, "exit");
  await Promise.race([listening(host.stderr), ended.then(() => { throw new Error("the portal did not start"); })]);
  return async () => {
    host.kill("SIGTERM");
    await ended;
    rmSync(state, { recursive: true });
  };
}

/**
 * Reads on to the end: a full pipe would stop the host.
 * @param {import("node:stream").Readable} stderr
 * @returns {Promise<void>}
 */
function listening(stderr) {
  return new Promise((resolve) => {
    createInterface(stderr).on("line", (line) => { if (line.includes("\"host.listening\"")) resolve(); });
  });
}
