import path from "node:path";
import { npmProgramIfAny } from "@zen-tests/servers";
import { workspace } from "../src/project.ts";

/** A way to install packages. */
export interface Layout {
  readonly name: string;
  /** The command, such as `["npm"]`. */
  readonly manager: readonly string[];
  /** Its arguments that install what package.json asks for. */
  readonly install: readonly string[];
  /** Its arguments that start the project's zen. */
  readonly zen: readonly string[];
  /** Settings that it reads from the project. */
  readonly files?: Readonly<Record<string, string>>;
  /** Why it can't be tried here. */
  readonly missing?: string | undefined;
}

const pnpm = [path.join(workspace, "node_modules/.bin/pnpm")];
const [yarnFile, yarnMissing] = await npmProgramIfAny({ name: "@yarnpkg/cli-dist", version: "4.18.1", file: "bin/yarn.js" });
const [bunFile, bunMissing] = await npmProgramIfAny({ name: "bun", version: "1.4.5", file: "bin/bun.exe" });

/** Yarn reads no .npmrc. */
function yarnSettings(linker: string, url: string): string {
  return JSON.stringify({
    nodeLinker: linker,
    npmRegistryServer: url,
    unsafeHttpWhitelist: ["127.0.0.1"],
    // What a test publishes is minutes old.
    npmMinimalAgeGate: 0,
    enableTelemetry: false,
    enableImmutableInstalls: false,
  });
}

/** Every layout of a project that packages can be installed in. */
export function layouts(registry: string): readonly Layout[] {
  const npm = { manager: ["npm"], install: ["install"], zen: ["exec", "--no", "--", "zen"] };
  const withPnpm = { manager: pnpm, install: ["install"], zen: ["exec", "zen"] };
  const bun = { manager: [bunFile ?? ""], zen: ["run", "--silent", "zen"], missing: bunMissing };
  const yarn = (linker: string): Layout => ({
    name: `yarn, ${linker}`,
    manager: [process.execPath, yarnFile ?? ""],
    install: ["install"],
    zen: ["run", "zen"],
    files: { ".yarnrc.yml": yarnSettings(linker, registry), "yarn.lock": "" },
    missing: yarnMissing,
  });
  return [
    { name: "npm, hoisted", ...npm },
    { name: "npm, linked", ...npm, files: { ".npmrc": "install-strategy=linked\n" } },
    { name: "pnpm, isolated", ...withPnpm, files: { "pnpm-workspace.yaml": "nodeLinker: isolated\n" } },
    { name: "pnpm, hoisted", ...withPnpm, files: { "pnpm-workspace.yaml": "nodeLinker: hoisted\n" } },
    yarn("node-modules"),
    yarn("pnpm"),
    yarn("pnp"),
    { name: "bun, hoisted", ...bun, install: ["install", "--linker=hoisted"] },
    { name: "bun, isolated", ...bun, install: ["install", "--linker=isolated"] },
  ];
}
