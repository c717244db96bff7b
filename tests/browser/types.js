// @ts-check
/** Checks the portal's scripts against the types of the API: generates them from the document, then runs `tsc`. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import openapiTS, { astToString } from "openapi-typescript";

const here = new URL(".", import.meta.url);
const generated = new URL("node_modules/.types/", here);

mkdirSync(generated, { recursive: true });
const types = await openapiTS(new URL(process.env.OPENAPI ?? "../../static/api/openapi.json", here));
writeFileSync(new URL("api.d.ts", generated), astToString(types));

// The service worker lives in a world of its own, without a page.
const checked = ["tsconfig.json", "tsconfig.worker.json"].map((project) =>
  spawnSync("node_modules/.bin/tsc", ["--noEmit", "--project", project], { cwd: fileURLToPath(here), stdio: "inherit" }));
process.exit(checked.every(({ status }) => status === 0) ? 0 : 1);
