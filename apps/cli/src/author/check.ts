import { ZenError } from "@zen/core/light";
import { flavorListEntry, type FlavorListEntry } from "../output/flavor-list.ts";
import { printJson } from "../output/json.ts";
import { printTable } from "../output/table.ts";
import { session } from "../session.ts";
import { authorPackage } from "./author-package.ts";
import type { Finding } from "./finding.ts";
import { printListing } from "./listing.ts";
import { classFindings, manifestFindings, readAsInstalled } from "./manifest-findings.ts";
import { packageFindings, publishFindings } from "./package-findings.ts";
import { conformanceFindings, testFindings } from "./test-findings.ts";

const RESULTS: Readonly<Record<Finding["status"], string>> = { ok: "ok", warning: "warning", failed: "FAILED", skipped: "skipped" };

/**
 * `zen integration check`: whether the package here could be published, and what its users would see.
 *
 * @throws ZenError `integration_check_failed`
 */
export async function checkIntegration({ test }: { readonly test: boolean }): Promise<void> {
  const author = authorPackage(process.cwd());
  const { plan, found } = await classFindings(author);
  const listing = readAsInstalled(author).flavors;
  const types = plan ? plan.flavors.map(({ type }) => type) : listing.map(({ type }) => type);
  const all = [
    ...manifestFindings(author),
    ...found,
    ...publishFindings(author, plan),
    ...packageFindings(author),
    ...conformanceFindings(author, types),
    ...(await testFindings(author, test)),
  ];
  const failed = [...new Set(all.filter(({ status }) => status === "failed").map(({ check }) => check))];
  await print(author.name, all, listing.map(flavorListEntry));
  if (failed.length > 0)
    throw new ZenError("integration_check_failed", `${author.name} isn't ready to be published: ${failed.join(", ")}.`, {
      hint: "When that is mended: zen integration check",
    });
}

async function print(name: string, all: readonly Finding[], listing: readonly FlavorListEntry[]): Promise<void> {
  if (session.json) {
    const checks = all.map(({ check, status, message = null, hint = null }) => ({ check, status, message, hint }));
    return printJson({ package: name, ok: all.every(({ status }) => status !== "failed"), checks, listing });
  }
  const rows = all.map(({ check, status, message = "", hint = "" }) => [
    check,
    RESULTS[status],
    [message, hint].filter(Boolean).join("\n"),
  ]);
  const columns = ["CHECK", "RESULT"];
  if (rows.every(([, , detail]) => detail === "")) await printTable({ columns, rows: rows.map((row) => row.slice(0, 2)) });
  else await printTable({ columns: [...columns, "DETAIL"], rows, description: true });
  await printListing(listing);
}
