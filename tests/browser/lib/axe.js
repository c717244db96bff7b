// @ts-check
/** Accessibility by axe: every rule, no exceptions. */
import assert from "node:assert/strict";

import { AxeBuilder } from "@axe-core/playwright";

/**
 * @param {import("playwright-core").Page} page
 * @param {string} where
 */
export async function assertAccessible(page, where) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join("\n  ")}`);
  assert.deepEqual(told, [], where);
}
