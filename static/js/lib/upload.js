// @ts-check
/** Sends the parts of files that have not come yet; what is lost on the way is sent again. */
import { put } from "./api.js";
import { announce } from "./dom.js";
import { insist } from "./insist.js";

/** @typedef {import("portal-types").Import} Import */

/** Half a megabyte over a bad mobile network. */
const TIMEOUT_MS = 120_000;

/**
 * Whether an import was begun for these very files.
 * @param {Import} staged
 * @param {File[]} files
 */
export function fits(staged, files) {
  return staged.files.length === files.length
    && staged.files.every(({ name, size_bytes }, index) => files[index]?.name === name && files[index]?.size === size_bytes);
}

/**
 * @param {Import} staged
 * @param {File[]} files
 * @param {(share: number) => void} onProgress from 0 to 1
 */
export async function sendFiles(staged, files, onProgress) {
  const total = files.reduce((sum, { size }) => sum + size, 0);
  let sent = staged.files.reduce((sum, { received_bytes }) => sum + received_bytes, 0);
  onProgress(sent / total);
  for (const [fileNo, file] of files.entries()) {
    const known = new Set(staged.files[fileNo]?.parts);
    for (let partNo = 0; partNo * staged.part_bytes < file.size; partNo += 1) {
      if (known.has(partNo)) continue;
      const part = file.slice(partNo * staged.part_bytes, (partNo + 1) * staged.part_bytes);
      const path = `/api/homes/imports/${staged.import_id}/files/${fileNo}/parts/${partNo}`;
      const send = () => put(path, { bytes: part, timeoutMs: TIMEOUT_MS });
      await insist(send, { onLost: () => announce("Связь прервалась. Продолжим, как только она появится.") });
      sent += part.size;
      onProgress(sent / total);
    }
  }
}
