import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startFolder } from "./start-folder.ts";

test("a run starts where its pipeline's file is, or in the project that the file's package is installed in", () => {
  const root = mkdtempSync(path.join(tmpdir(), "zen-start-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  mkdirSync(path.join(root, "project"));
  writeFileSync(path.join(root, "project/package.json"), "{}");
  const of = (file: string): string => path.relative(root, startFolder(path.join(root, file)));
  expect(of("project/src/p.ts")).toBe("project/src");
  expect(of("project/node_modules/@acme/steps/dist/index.js")).toBe("project");
  expect(of("project/node_modules/.pnpm/@acme+steps@1.0.0/node_modules/@acme/steps/index.js")).toBe("project");
  // Installed globally: no project is around it.
  expect(of("lib/node_modules/tool/index.js")).toBe("lib/node_modules/tool");
  expect(startFolder(null)).toBe(process.cwd());
});
