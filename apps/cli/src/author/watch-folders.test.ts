import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { watchFolders } from "./watch-folders.ts";

/** A folder that is watched, and what is said of it. */
function watching(): { readonly root: string; readonly changed: string[]; readonly failed: Error[] } {
  const root = mkdtempSync(path.join(tmpdir(), "zen-watch-"));
  const said = { root, changed: [] as string[], failed: [] as Error[] };
  const end = watchFolders(root, {
    skip: () => false,
    changed: (name) => void said.changed.push(name),
    failed: (error) => void said.failed.push(error),
  });
  onTestFinished(() => {
    end();
    rmSync(root, { recursive: true, force: true });
  });
  return said;
}

test("folders that go as soon as they come end nothing", async () => {
  const { spawn } = process.getBuiltinModule("node:child_process");
  const { root, changed, failed } = watching();
  // By another process: this one would only look when all is over.
  const loop = "for (let i = 0; i < 300; i++) { fs.mkdirSync('a/b/c', { recursive: true }); fs.rmSync('a', { recursive: true }); }";
  const child = spawn(process.execPath, ["-e", loop], { cwd: root, stdio: "inherit" });
  expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(0);
  writeFileSync(path.join(root, "last.ts"), "");
  await vi.waitFor(() => expect(changed).toContain("last.ts"), 10_000);
  expect(failed).toEqual([]);
});

test("a folder in the place of another one is watched, though it may have got its inode", async () => {
  const { root, changed } = watching();
  for (let round = 0; round < 5; round++) {
    const file = path.join("src", "deep", `${round}.ts`);
    rmSync(path.join(root, "src"), { recursive: true, force: true });
    mkdirSync(path.join(root, "src/deep"), { recursive: true });
    // Until it is seen: the watcher comes after the folder.
    await vi.waitFor(() => {
      writeFileSync(path.join(root, file), "");
      expect(changed).toContain(file);
    }, 10_000);
  }
});

test("the folder itself is missed", async () => {
  const { root, failed } = watching();
  rmSync(root, { recursive: true });
  await vi.waitFor(
    () => expect(failed.map(({ message }) => message)).toContain(`The folder ${root}, which was watched, has gone.`),
    10_000,
  );
});
