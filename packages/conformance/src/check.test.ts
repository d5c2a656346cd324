import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runCheck, type Check } from "./check.ts";

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** Runs a fixture in a vitest of its own. @returns what it printed */
function runFixture(file: string, ...options: readonly string[]): string {
  const vitest = path.join(path.dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");
  const root = path.join(import.meta.dirname, "fixtures");
  const env = { ...process.env, NO_COLOR: "1" };
  return spawnSync(process.execPath, [vitest, "run", file, `--root=${root}`, ...options], { encoding: "utf8", env }).stdout;
}

test("a method that never settles fails the checks that wait for it, each by its name, in the time that the author gives", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "conformance-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const report = path.join(folder, "report.json");
  // Without the checks that take longer than a second on a slow machine.
  runFixture("hanging", "--reporter=json", `--outputFile=${report}`, "-t", "move|lease|nothing");
  const tests = (JSON.parse(readFileSync(report, "utf8")) as Report).testResults[0]!.assertionResults;
  const failed = tests.filter(({ status }) => status === "failed");
  expect(failed.map(({ ancestorTitles, title }) => `${ancestorTitles.join(" ")} ${title}`)).toEqual([
    "HangingArtifactStore moves an object, replacing what was there",
    "HangingArtifactStore refuses to copy or move what isn't there with object_not_found, and leaves the target as it is",
    "HangingArtifactStore leaves nothing of a copy or a move that was aborted before",
    "HangingMetadataStore hands a run's lease to another process, and refuses the one before with lease_lost",
    "HangingMetadataStore gives a lease only to who knows its epoch, and of two at once to one",
    "HangingOrchestrator completes a graph of nothing",
  ]);
  for (const { title, failureMessages } of failed)
    expect(failureMessages.join("\n").split("\n")[0]).toBe(
      `Error: The check ${JSON.stringify(title)} was not done after 1 second: a method of the component that it waits for never settles, or is slow. If it is only slow, give the suite a larger timeoutSeconds.`,
    );
  expect(tests.filter(({ status }) => status === "passed").length).toBeGreaterThan(10);
});

test("a check whose hook isn't given is skipped, and says which hook that is, and of which suite", () => {
  const output = runFixture("bare", "--reporter=verbose", "-t", "store_|connection|killed");
  const skipped = output.split("\n").flatMap((line) => /↓ [^>]*> (.*?) \d+ms \[(.*)\]$/.exec(line)?.slice(1).join(": ") ?? []);
  expect(skipped).toMatchInlineSnapshot(`
    [
      "BareArtifactStore > leaves nothing of a write whose process is killed: to have this checked, give \`killAmidWrite\` to artifactStoreConformance",
      "BareArtifactStore > says store_forbidden, with the key, the operation and what to do: to have this checked, give \`failing.store_forbidden\` to artifactStoreConformance",
      "BareArtifactStore > says store_full, with the key, the operation and what to do: to have this checked, give \`failing.store_full\` to artifactStoreConformance",
      "BareArtifactStore > says store_unavailable, with the key, the operation and what to do: to have this checked, give \`failing.store_unavailable\` to artifactStoreConformance",
      "BareArtifactStore > says store_unavailable while the connection is broken, loses nothing by it, and works on when it is mended: to have this checked, give \`break\` to artifactStoreConformance",
      "BareArtifactStore > ends no read early that the connection breaks amid: it is whole, or fails: to have this checked, give \`break\` to artifactStoreConformance",
      "BareArtifactStore > leaves no part of an object whose write the connection breaks amid: to have this checked, give \`break\` to artifactStoreConformance",
      "BareArtifactStore > says store_forbidden when it checks itself, and what to do: to have this checked, give \`failing.store_forbidden\` to artifactStoreConformance",
      "BareArtifactStore > says store_unavailable when it checks itself, and what to do: to have this checked, give \`failing.store_unavailable\` to artifactStoreConformance",
      "BareMetadataStore > says store_unavailable while the connection is broken, loses nothing by it, and works on when it is mended: to have this checked, give \`break\` to metadataStoreConformance",
      "BareMetadataStore > says store_forbidden, with the component's name and what to do: to have this checked, give \`failing.store_forbidden\` to metadataStoreConformance",
      "BareMetadataStore > says store_full, with the component's name and what to do: to have this checked, give \`failing.store_full\` to metadataStoreConformance",
      "BareMetadataStore > says store_unavailable, with the component's name and what to do: to have this checked, give \`failing.store_unavailable\` to metadataStoreConformance",
      "BareMetadataStore > says store_forbidden when it checks itself, and what to do: to have this checked, give \`failing.store_forbidden\` to metadataStoreConformance",
      "BareMetadataStore > says store_unavailable when it checks itself, and what to do: to have this checked, give \`failing.store_unavailable\` to metadataStoreConformance",
      "BareMetadataStore > refuses a store that a newer version wrote with store_too_new, for reading and for writing: to have this checked, give \`makeNewer\` to metadataStoreConformance",
      "BareMetadataStore > says store_too_new when it checks itself: to have this checked, give \`makeNewer\` to metadataStoreConformance",
    ]
  `);
});

const never = (): Promise<never> => new Promise(() => {});

test("a component that never closes is named too, unless its check has failed before", async () => {
  const given = { [Symbol.asyncDispose]: never };
  const check = (run: () => Promise<void>): Check<typeof given> => ({ promise: "does what it should", run });
  await expect(
    runCheck(
      check(async () => {}),
      given,
      0.1,
    ),
  ).rejects.toThrow(`Closing and disposing after the check "does what it should" was not done after 0.1 seconds: `);
  const reason = new Error("it doesn't");
  await expect(
    runCheck(
      check(() => Promise.reject(reason)),
      given,
      0.1,
    ),
  ).rejects.toBe(reason);
  await expect(runCheck(check(never), given, 0.1)).rejects.toThrow(`The check "does what it should" was not done after 0.1 seconds: `);
});
