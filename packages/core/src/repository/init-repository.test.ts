import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openContext } from "./context.ts";
import { initRepository } from "./init-repository.ts";

function temporary(): { root: string; env: NodeJS.ProcessEnv } {
  const root = mkdtempSync(join(tmpdir(), "zen-init-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, "project"));
  return { root: join(root, "project"), env: { ZENML_CONFIG_PATH: join(root, "config") } };
}

test("a repository works with what was active before", async () => {
  const { root, env } = temporary();
  expect(await initRepository({ folder: root, env })).toEqual({ root, profile: "default", stack: "default" });
  expect(readFileSync(join(root, ".zen/config.yaml"), "utf8")).toBe("active_profile_name: default\nactive_stack_name: default\n");
  expect(readdirSync(root)).toEqual([".zen"]);
  const context = await openContext({ folder: join(root, "src"), env });
  expect([context.repositoryRoot, context.profile.source]).toEqual([root, "repository"]);
});

test("a second time is refused with a code of its own", async () => {
  const { root, env } = temporary();
  await initRepository({ folder: root, env });
  await expect(initRepository({ folder: root, env })).rejects.toMatchObject({
    code: "repository_exists",
    message: `Found existing ZenML repository at path '${root}'.`,
    details: { root },
  });
});

test("of many at once one makes it", async () => {
  const { root, env } = temporary();
  const results = await Promise.allSettled(Array.from({ length: 8 }, () => initRepository({ folder: root, env })));
  const codes = results.map((result) => (result.status === "fulfilled" ? "made" : (result.reason as { code: string }).code)).sort();
  expect(codes).toEqual(["made", ...Array.from({ length: 7 }, () => "repository_exists")]);
  expect(readdirSync(root)).toEqual([".zen"]);
});

test("a repository may be made within another, and where ZENML_REPOSITORY_PATH names none", async () => {
  const { root, env } = temporary();
  await initRepository({ folder: root, env });
  mkdirSync(join(root, "inner"));
  expect(await initRepository({ folder: join(root, "inner"), env: { ...env, ZENML_REPOSITORY_PATH: join(root, "inner") } })).toMatchObject({
    root: join(root, "inner"),
  });
});

test("bad folders and bad names change nothing", async () => {
  const { root, env } = temporary();
  await expect(initRepository({ folder: join(root, "nowhere"), env })).rejects.toMatchObject({
    code: "folder_not_found",
    message: `There is no folder ${join(root, "nowhere")}.`,
  });
  await expect(initRepository({ folder: root, env, profile: "nope" })).rejects.toMatchObject({ code: "profile_not_found" });
  await expect(initRepository({ folder: root, env, stack: "nope" })).rejects.toMatchObject({ code: "stack_not_found" });
  writeFileSync(join(root, ".zen"), "a file");
  await expect(initRepository({ folder: root, env })).rejects.toMatchObject({
    code: "not_a_folder",
    message: `zen can't make ${join(root, ".zen")}: there is a file where a folder is needed.`,
  });
  expect(readdirSync(root)).toEqual([".zen"]);
});
