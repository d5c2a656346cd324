import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { stalePages, writePages } from "./pages.ts";

test("a page is stale if it differs, is missing, or is none any more; writing mends each", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "zen-pages-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const write = (file: string, text: string): void => writeFileSync(path.join(folder, file), text);
  mkdirSync(path.join(folder, "api"));
  write("cli.md", "old\n");
  write("api.md", "same\n");
  write("api/gone.md", "of a section that was renamed\n");
  const pages = new Map([
    ["cli.md", "new\n"],
    ["api.md", "same\n"],
    ["api/stacks.md", "added\n"],
  ]);

  expect(stalePages(pages, folder)).toEqual(["cli.md", "api/stacks.md", path.join("api", "gone.md")]);
  writePages(pages, folder);
  expect(stalePages(pages, folder)).toEqual([]);
  expect(readFileSync(path.join(folder, "cli.md"), "utf8")).toBe("new\n");
  expect(existsSync(path.join(folder, "api/gone.md"))).toBe(false);
});
