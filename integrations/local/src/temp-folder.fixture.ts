import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll } from "vitest";

/** A folder of its own for a test file, removed after its last test. */
export function tempFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "zen-local-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
