import { existsSync, mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { TestProject } from "./zen.ts";

const PROBE = /\.zen-check\/[0-9a-f-]{36}/g;
const tidy = (text: string): string => text.replace(/%2ezen-check\/[0-9a-f-]{36}/g, "PROBE").replace(PROBE, "KEY");

/** The kernel's own files: not even root may write there. */
const forbidden = process.platform === "linux" ? "/sys/zen-artifacts" : "/zen-artifacts";

describe("zen artifact-store check", () => {
  it("tries a store for real, says what it tries, and leaves nothing", () => {
    const project = new TestProject();
    const folder = path.join(project.root, "data");
    project.zen(["artifact-store", "register", "data", "--flavor=local", `--path=${folder}`]);
    const { stdout, stderr, code } = project.zen(["artifact-store", "check", "data"]);
    expect(code).toBe(0);
    expect(stdout).toBe(`┏━━━━━━━━━━━━━━━━┯━━━━━━┯━━━━━━━━━┯━━━━━━━━┓
┃ COMPONENT_TYPE │ NAME │ TRIED   │ RESULT ┃
┠────────────────┼──────┼─────────┼────────┨
┃ ARTIFACT_STORE │ data │ run     │ ok     ┃
┃ ARTIFACT_STORE │ data │ write   │ ok     ┃
┃ ARTIFACT_STORE │ data │ read    │ ok     ┃
┃ ARTIFACT_STORE │ data │ look up │ ok     ┃
┃ ARTIFACT_STORE │ data │ list    │ ok     ┃
┃ ARTIFACT_STORE │ data │ copy    │ ok     ┃
┃ ARTIFACT_STORE │ data │ delete  │ ok     ┃
┗━━━━━━━━━━━━━━━━┷━━━━━━┷━━━━━━━━━┷━━━━━━━━┛
`);
    expect(stderr).toContain("Checking artifact store 'data': write...\nChecking artifact store 'data': read...\n");
    expect(readdirSync(folder)).toEqual([".tmp"]);
  });

  it("says which permission is missing, and what to do", () => {
    const project = new TestProject();
    project.zen(["artifact-store", "register", "sealed", "--flavor=local", `--path=${forbidden}`]);
    const { stdout, stderr, code } = project.zen(["artifact-store", "check", "sealed", "--output", "json"]);
    expect(code).toBe(1);
    const answer = JSON.parse(tidy(stdout)) as { ok: boolean; steps: { action: string; status: string }[] };
    expect(answer.ok).toBe(false);
    expect(answer.steps.map(({ action, status }) => `${action} ${status}`)).toEqual([
      "run ok",
      "write failed",
      "read skipped",
      "look up skipped",
      "list ok",
      "copy skipped",
      "delete skipped",
    ]);
    expect(answer.steps[1]).toEqual({
      type: "artifact_store",
      name: "sealed",
      action: "write",
      status: "failed",
      message: `Can't write "KEY" in the artifact store "sealed": this user has no right to do that at ${forbidden}/PROBE.`,
      hint: "Give the user that runs zen the right to read and write the folder and all that is in it.",
      code: "store_forbidden",
      missing_permission: "to write objects",
    });
    expect(JSON.parse(stderr)).toEqual({
      error: {
        code: "check_failed",
        message: `The check of artifact store 'sealed' failed at "write"; what is missing is the right to write objects.`,
        hint: "Give the user that runs zen the right to read and write the folder and all that is in it.",
      },
    });
  });
});

describe("zen artifact-store register --check", () => {
  it("registers what works", () => {
    const project = new TestProject();
    const folder = path.join(project.root, "data");
    expect(project.json("artifact-store", "register", "data", "--check", "--flavor=local", `--path=${folder}`)).toMatchObject({
      name: "data",
      config: { path: folder },
    });
    const { stdout, code } = project.zen(["artifact-store", "register", "two", "--flavor=local", `--path=${folder}`, "--check"]);
    expect(code).toBe(0);
    expect(stdout).toContain("┃ ARTIFACT_STORE │ two  │ delete  │ ok     ┃\n");
    expect(stdout).toMatch(/Successfully registered artifact store `two`\.\n$/);
  });

  it("registers nothing that doesn't, and asks nothing of a store whose name can't be had", () => {
    const project = new TestProject();
    const { stderr, stdout, code } = project.zen(["artifact-store", "register", "x", "--flavor=local", `--path=${forbidden}`, "--check"]);
    expect(code).toBe(1);
    expect(stdout).toContain("Missing permission: to write objects.");
    expect(stderr).toContain(`
Error: The check of artifact store 'x' failed at "write"; what is missing is the right to write objects. Nothing was registered.
Give the user that runs zen the right to read and write the folder and all that is in it.
`);
    expect(project.error("artifact-store", "describe", "x")).toMatchObject({ code: "component_not_found" });

    const folder = path.join(project.root, "untouched");
    const register = (name: string): string =>
      project.error("artifact-store", "register", name, "--flavor=local", `--path=${folder}`, "--check").code;
    expect([register("default"), register("a b")]).toEqual(["component_exists", "bad_name"]);
    expect(existsSync(folder)).toBe(false);
  });
});

describe("zen stack check", () => {
  it("checks the active stack, or another one", () => {
    const project = new TestProject();
    project.zen(["stack", "copy", "default", "other"]);
    expect(project.json("stack", "check")).toMatchObject({ stack: "default", ok: true, not_done: [] });
    const { stack, steps } = project.json("stack", "check", "other") as { stack: string; steps: { type: string; action: string }[] };
    expect(stack).toBe("other");
    expect(steps.map(({ type, action }) => `${type} ${action}`)).toEqual([
      "orchestrator run",
      "metadata_store run",
      "metadata_store query",
      "metadata_store write",
      "artifact_store run",
      ...["write", "read", "look up", "list", "copy", "delete"].map((action) => `artifact_store ${action}`),
    ]);
    expect(project.json("run", "list")).toEqual([]);
    expect(project.error("stack", "check", "othr")).toMatchObject({ code: "stack_not_found", exitCode: 2 });
  });

  it("goes on after a failure, and names all of them", () => {
    const project = new TestProject();
    const folder = path.join(project.root, "folder");
    mkdirSync(folder);
    project.zen(["metadata-store", "register", "folder", "--flavor=sqlite", `--uri=${folder}`]);
    project.zen(["artifact-store", "register", "sealed", "--flavor=local", `--path=${forbidden}`]);
    project.zen(["stack", "register", "broken", "-o", "default", "-m", "folder", "-a", "sealed"]);
    const { stderr, code } = project.zen(["stack", "check", "broken"]);
    expect(code).toBe(1);
    expect(stderr.trimEnd().split("\n").slice(-2)).toEqual([
      `Error: The check of stack 'broken' failed at "query and write" of metadata store 'folder', and at "write" of artifact store 'sealed'; what is missing is the right to write objects.`,
      "When it is mended: zen stack check broken",
    ]);
  });
});
