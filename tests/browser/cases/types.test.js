// @ts-check
/** The portal's scripts agree with the API's document. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";

test("the scripts of the portal and of these tests have no type errors", () => {
  const check = spawnSync(process.execPath, ["types.js"], { cwd: new URL("..", import.meta.url), encoding: "utf8" });
  assert.equal(check.status, 0, check.stdout + check.stderr);
});
