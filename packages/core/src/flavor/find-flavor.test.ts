import { expect, test } from "vitest";
import type { ComponentRecord } from "../store/stack-store.ts";
import { findFlavor, flavorOf } from "./find-flavor.ts";
import type { FlavorEntry, FlavorListing } from "./flavor-entry.ts";

function entry(packageName: string, flavor: string, more: Partial<FlavorEntry> = {}): FlavorEntry {
  const rest = {
    aliases: [],
    contract: 1,
    description: "",
    version: "1.0.0",
    folder: "/m",
    module: ".",
    export: "X",
    configSchema: undefined,
    docs: undefined,
    through: undefined,
    problem: undefined,
    problems: [],
  };
  return { origin: "package", type: "artifact_store", flavor, package: packageName, ...rest, ...more };
}
const listing = (...flavors: FlavorEntry[]): FlavorListing => ({ flavors, broken: [], packages: [] });

const INSTALLED = listing(
  entry("@zen/integration-local", "local"),
  entry("@zen/integration-local", "sqlite", { type: "metadata_store" }),
  entry("@zen/integration-gcs", "gcs", { aliases: ["gcp"] }),
);

/** Code, message and hint of what is thrown. */
function failure(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    const { code, message, hint } = error as { code: string; message: string; hint: string };
    return `${code}\n${message}\n${hint}`;
  }
  throw new Error("nothing was thrown");
}

test("a flavor is found by its name, an alias, and its package and name", () => {
  for (const name of ["gcs", "gcp", "@zen/integration-gcs:gcs", "@zen/integration-gcs:gcp"])
    expect(findFlavor(INSTALLED, "artifact_store", name).flavor, name).toBe("gcs");
});

test("an unknown flavor: what was meant, or else what to install", () => {
  expect(failure(() => findFlavor(INSTALLED, "artifact_store", "gsc"))).toMatchInlineSnapshot(`
    "flavor_not_found
    There is no artifact store flavor "gsc" among the installed packages. Did you mean "gcs"?
    See all: zen artifact-store flavor list"
  `);
  expect(failure(() => findFlavor(INSTALLED, "artifact_store", "sqlite"))).toMatchInlineSnapshot(`
    "flavor_not_found
    There is no artifact store flavor "sqlite" among the installed packages. "sqlite" is a flavor of the type metadata_store.
    See all: zen artifact-store flavor list"
  `);
  expect(failure(() => findFlavor(INSTALLED, "artifact_store", "azure"))).toMatchInlineSnapshot(`
    "flavor_not_found
    There is no artifact store flavor "azure" among the installed packages.
    Search for a package that has it: zen integration search azure. By convention it would be in @zen/integration-azure: npm install @zen/integration-azure"
  `);
  expect(failure(() => findFlavor(INSTALLED, "artifact_store", "@acme/blob:azure"))).toMatchInlineSnapshot(`
    "flavor_not_found
    There is no artifact store flavor "@acme/blob:azure" among the installed packages.
    Install it: npm install @acme/blob"
  `);
});

test("a package is named first only where it is known to have the flavor: zen's own, by any of its names", () => {
  for (const [type, flavor, own] of [
    ["artifact_store", "s3", "@zen/integration-s3"],
    ["artifact_store", "gcs", "@zen/integration-gcs"],
    ["artifact_store", "GCP", "@zen/integration-gcs"],
    ["orchestrator", "kubeflow", "@zen/integration-kubeflow"],
    ["experiment_tracker", "mlflow", "@zen/integration-mlflow"],
    ["alerter", "slack", "@zen/integration-slack"],
  ] as const) {
    expect(
      failure(() => findFlavor(listing(), type, flavor))
        .split("\n")
        .at(-1),
    ).toBe(`Install the package that has it: npm install ${own}. Or search for another: zen integration search ${flavor.toLowerCase()}`);
  }
  for (const [type, flavor] of [
    ["alerter", "s3"],
    ["alerter", "constructor"],
    ["step_operator", "local"],
  ] as const) {
    expect(
      failure(() => findFlavor(listing(), type, flavor))
        .split("\n")
        .at(-1),
    ).toBe(
      `Search for a package that has it: zen integration search ${flavor}. By convention it would be in @zen/integration-${flavor}: npm install @zen/integration-${flavor}`,
    );
  }
});

test("what needs mending and may have the flavor is named, as far as a person would read", () => {
  const broken = ["a", "b", "c", "d", "e"].map((name) => ({
    package: `@acme/${name}`,
    folder: "/m",
    code: "missing_include",
    problem: `it includes @acme/more-${name}, which is not installed`,
    mend: "",
  }));
  expect(failure(() => findFlavor({ ...listing(), broken: broken.slice(0, 1) }, "artifact_store", "azure"))).toMatchInlineSnapshot(`
    "flavor_not_found
    There is no artifact store flavor "azure" among the installed packages.
    Search for a package that has it: zen integration search azure. By convention it would be in @zen/integration-azure: npm install @zen/integration-azure
    Or it is in what is installed and needs mending (zen integration doctor): @acme/a: it includes @acme/more-a, which is not installed"
  `);
  expect(
    failure(() => findFlavor({ ...listing(), broken }, "artifact_store", "@acme/b:azure"))
      .split("\n")
      .slice(2),
  ).toEqual([
    "Install it: npm install @acme/b",
    "Or it is in what is installed and needs mending (zen integration doctor): @acme/b: it includes @acme/more-b, which is not installed",
  ]);
  expect(failure(() => findFlavor({ ...listing(), broken }, "artifact_store", "azure"))).toMatch(
    /: @acme\/a: it includes [^;]*; @acme\/b: [^;]*; @acme\/c: [^;]*; and 2 more$/,
  );
});

test("what is no name gets into no command that could be pasted", () => {
  expect(failure(() => findFlavor(INSTALLED, "artifact_store", "$(rm -rf ~)"))).not.toContain("npm install");
  expect(failure(() => findFlavor(INSTALLED, "artifact_store", "$(rm -rf ~):azure"))).not.toContain("npm install $");
});

test("with core alone, the flavors of the default stack name the package that has them", () => {
  for (const [type, flavor] of [
    ["orchestrator", "local"],
    ["metadata_store", "sqlite"],
    ["artifact_store", "local"],
  ] as const) {
    expect(failure(() => findFlavor(listing(), type, flavor))).toContain(
      "Install it: npm install @zen/integration-local (or @zen/cli, which brings it)",
    );
  }
});

test("a name that two packages have is an error that names both; the package decides", () => {
  const two = listing(entry("@zen/integration-s3", "s3"), entry("@acme/s3", "s3"));
  expect(failure(() => findFlavor(two, "artifact_store", "s3"))).toMatchInlineSnapshot(`
    "flavor_ambiguous
    The artifact store flavor "s3" is in more than one package: @zen/integration-s3 and @acme/s3.
    Say which: --flavor @zen/integration-s3:s3 or --flavor @acme/s3:s3"
  `);
  expect(findFlavor(two, "artifact_store", "@acme/s3:s3").package).toBe("@acme/s3");
});

test("an alias can be in conflict too, and a flavor that can't be used is in nobody's way", () => {
  const clash = listing(entry("a", "gcs", { aliases: ["gcp"] }), entry("b", "gcp"));
  expect(failure(() => findFlavor(clash, "artifact_store", "gcp"))).toContain("flavor_ambiguous");
  const broken = entry("b", "gcp", { problem: '"module" is missing from its manifest' });
  expect(findFlavor(listing(entry("a", "gcp"), broken), "artifact_store", "gcp").package).toBe("a");
  expect(failure(() => findFlavor(listing(broken), "artifact_store", "gcp"))).toMatchInlineSnapshot(`
    "flavor_unusable
    The artifact store flavor "gcp" of b 1.0.0 can't be used: "module" is missing from its manifest.
    Look for another version: npm view b versions. All that is wrong: zen integration doctor"
  `);
});

const RECORD: ComponentRecord = {
  type: "artifact_store",
  name: "prod",
  flavor: "s3",
  uuid: "u",
  config: {},
  package: "@acme/s3",
  version: "2.1.0",
  contract: 1,
};

test("a stored component finds its own package among several", () => {
  const two = listing(entry("@zen/integration-s3", "s3"), entry("@acme/s3", "s3"));
  expect(flavorOf(two, RECORD).package).toBe("@acme/s3");
  expect(failure(() => flavorOf(two, { ...RECORD, package: undefined }))).toContain("flavor_ambiguous");
});

test("a stored component whose package has gone says what to install", () => {
  expect(failure(() => flavorOf(INSTALLED, RECORD))).toMatchInlineSnapshot(`
    "flavor_not_found
    The artifact store "prod" has the flavor "s3" of the package @acme/s3, which is not installed here.
    Install it: npm install @acme/s3"
  `);
  expect(failure(() => flavorOf(listing(entry("@acme/s3", "other")), RECORD))).toMatchInlineSnapshot(`
    "flavor_not_found
    The artifact store "prod" has the flavor "s3" of the package @acme/s3, which doesn't have it any more.
    Install the version that it was registered with: npm install @acme/s3@2.1.0"
  `);
  expect(
    failure(() =>
      flavorOf(listing(), { ...RECORD, name: "default", flavor: "local", package: "@zen/integration-local", version: undefined }),
    ),
  ).toMatchInlineSnapshot(`
    "flavor_not_found
    The artifact store "default" has the flavor "local" of the package @zen/integration-local, which is not installed here.
    Install it: npm install @zen/integration-local (or @zen/cli, which brings it)"
  `);
});
