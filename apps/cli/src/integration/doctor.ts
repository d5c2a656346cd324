import { openHere } from "../light.ts";
import { notice } from "../output/answer.ts";
import { printJson } from "../output/json.ts";
import { styled, writeLine } from "../output/terminal.ts";
import { session } from "../session.ts";
import { examine, isWhole } from "./examine.ts";
import type { Finding } from "./finding.ts";
import { inWordsOfProject } from "./package-manager.ts";

interface DoctorFlags {
  readonly load?: boolean;
  /** Seconds. */
  readonly timeout: number;
  readonly profile?: string;
}

/** `zen integration doctor`: exit code 1 when something is unusable. */
export async function examineIntegrations({ load = false, timeout, profile }: DoctorFlags): Promise<void> {
  const context = await openHere({ profile });
  const listing = await context.flavors();
  const found = [...(await examine(context))];
  if (load) {
    const { tryClasses } = await import("./try-classes.ts");
    found.push(
      ...(await tryClasses(
        listing.flavors.filter((entry) => isWhole(entry)),
        context.folder,
        timeout * 1000,
      )),
    );
  }
  const findings = eachOnce(found, inWordsOfProject(context.folder));
  const errors = findings.filter(({ severity }) => severity === "error").length;
  if (errors > 0) session.exitCode = 1;
  if (session.json)
    return printJson({ packages: listing.packages.length, flavors: listing.flavors.length, loaded: load, errors, findings });
  for (const { severity, package: from, flavor, problem, mend } of findings) {
    const who = flavor === null ? from : `${from} (${flavor})`;
    writeLine(1, `${severity === "error" ? styled(1, "red", "✗") : styled(1, "yellow", "!")} ${who}: ${problem}`);
    writeLine(1, `    ${mend}`);
  }
  const warnings = findings.length - errors;
  const counted = `${count(listing.packages.length, "package")}, ${count(listing.flavors.length, "flavor")}`;
  writeLine(
    1,
    findings.length === 0 ? `${counted}: nothing is wrong.` : `${counted}: ${count(errors, "problem")}, ${count(warnings, "warning")}.`,
  );
  if (!load) notice("Nothing of any package was run. To import each class as well: zen integration doctor --load");
}

function eachOnce(findings: readonly Finding[], inOwnWords: (command: string) => string): Finding[] {
  const known = new Set<string>();
  return findings
    .map((finding) => ({ ...finding, mend: inOwnWords(finding.mend) }))
    .filter((finding) => {
      const key = JSON.stringify(finding);
      return !known.has(key) && known.add(key);
    });
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
