import { expect } from "vitest";
import { events, type Ended, type Project } from "./project.ts";

/** What a person reads of a command that must fail, with its exit code, made the same for every run of the tests. */
export type Refusal = (...args: readonly string[]) => Promise<string>;

/**
 * Runs a command that must fail twice: as a person would, and with `--output json`, where the same must be one object.
 * No stack trace is shown but the frames of the user's own files.
 */
export function refusalIn(project: Project, zen: Project["zen"] = (...args) => project.zen(...args)): Refusal {
  return async (...args) => {
    // One after the other: what a first run has made, a second one takes from the cache.
    const person = await zen(...args);
    const program = await zen(...args, "--output", "json");
    expect(person.code, person.stdout + person.stderr).not.toBe(0);
    assertNoTrace(project, person.stderr);
    expect(person.stdout).toBe("");

    const { message, hint } = errorOf(program);
    expect(program.code).toBe(person.code);
    const own = tidy(project, person.stderr);
    expect(own).toContain(tidy(project, message));
    if (hint !== null) expect(own).toContain(tidy(project, hint));
    return `${own.replace(/^Running with active profile: 'default' \(local\)\n/, "")}exit code ${person.code}\n`;
  };
}

/** The one object on standard error; a run that failed has its events on standard output. */
export function errorOf({ stdout, stderr }: Ended): { code: string; message: string; hint: string | null } {
  if (stdout !== "") expect(events(stdout).at(-1)).toMatchObject({ type: "run.finished" });
  expect(stderr).toMatch(/^\{.*\}\n$/);
  const { error, ...rest } = JSON.parse(stderr) as { error: { code: string; message: string; hint: string | null } };
  expect(rest).toEqual({});
  expect(Object.keys(error)).toEqual(["code", "message", "hint"]);
  expect(error.code).toMatch(/^[a-z_]+$/);
  expect(error.code).not.toBe("internal_error");
  return error;
}

export function assertNoTrace(project: Project, text: string): void {
  expect(text).not.toMatch(/node:internal|Node\.js v|\[object |undefined is|internal_error|error of its own/);
  for (const line of text.split("\n").filter((line) => /^\s*at .*:\d+:\d+\)?$/.test(line))) {
    expect(line).toContain(project.folder);
    expect(line).not.toContain("node_modules");
  }
}

/** Without what differs from run to run: folders, ids, times. */
export function tidy(project: Project, text: string): string {
  return text
    .replaceAll(project.folder, "PROJECT")
    .replaceAll(project.configFolder, "CONFIG")
    .replaceAll(project.root, "ROOT")
    .replaceAll(`Node ${process.versions.node}`, "Node VERSION")
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "ID")
    .replace(/-\d{8}T\d{6}Z-[0-9a-f]{6}/g, "-TIME")
    .replace(/ \d+ ms$| \d+\.\d+ s$/gm, " 1 ms");
}
