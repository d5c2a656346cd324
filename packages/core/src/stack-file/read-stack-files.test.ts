import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { readStackFiles } from "./read-stack-files.ts";

function folder(files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = mkdtempSync(join(tmpdir(), "zen-read-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(root, name, ".."), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  return root;
}

it("reads files, and of a folder those that are YAML, by name", () => {
  const root = folder({
    "a.yaml": "a",
    "team/z.yml": "z",
    "team/b.yaml": "b",
    "team/.hidden.yaml": "h",
    "team/README.md": "r",
    "team/deep/c.yaml": "c",
  });
  expect(readStackFiles(["team", "a.yaml"], root)).toEqual([
    { source: "the file team/b.yaml", text: "b" },
    { source: "the file team/z.yml", text: "z" },
    { source: "the file a.yaml", text: "a" },
  ]);
});

it.each([
  ["gone.yaml", "The file gone.yaml does not exist."],
  ["empty", "The folder empty can't be used: no file in it ends in .yaml or .yml."],
  ["binary.yaml", "The file binary.yaml can't be used: it is not UTF-8 text."],
  ["nul.yaml", "The file nul.yaml can't be used: it is not UTF-8 text."],
  ["huge.yaml", "The file huge.yaml can't be used: it has 10485761 bytes or more, and 10485760 are allowed."],
])("refuses %s", (name, message) => {
  const root = folder({
    "empty/x.txt": "",
    "binary.yaml": Uint8Array.of(0x66, 0xff),
    "nul.yaml": "a\0b",
    "huge.yaml": "#".repeat(10 * 2 ** 20 + 1),
  });
  expect(() => readStackFiles([name], root)).toThrow(expect.objectContaining({ message, exitCode: 2 }));
});

it.runIf(process.platform === "linux")("reads a device that never ends no further than is allowed", () => {
  expect(() => readStackFiles(["/dev/zero"], "/")).toThrow("bytes or more, and 10485760 are allowed.");
});
