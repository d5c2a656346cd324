import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { onTestFinished } from "vitest";
import type { FlavorClass, StackComponent } from "../component/stack-component.ts";
import { Stack, type StackParts } from "../stack/stack.ts";
import { Repository, type RepositoryOptions } from "./repository.ts";

const FLAVORS = `
import * as z from ${JSON.stringify(import.meta.resolve("zod"))};
import { BaseAlerter } from ${JSON.stringify(new URL("../component/alerter.ts", import.meta.url).href)};
import { BaseArtifactStore } from ${JSON.stringify(new URL("../component/artifact-store.ts", import.meta.url).href)};
import { BaseMetadataStore } from ${JSON.stringify(new URL("../component/metadata-store.ts", import.meta.url).href)};
import { BaseOrchestrator } from ${JSON.stringify(new URL("../component/orchestrator.ts", import.meta.url).href)};
import { secretField } from ${JSON.stringify(new URL("../component/secret-field.ts", import.meta.url).href)};
export class Runner extends BaseOrchestrator { static FLAVOR = "local"; }
export class Files extends BaseArtifactStore { static FLAVOR = "local"; static SUPPORTED_SCHEMES = [""]; static configSchema = BaseArtifactStore.configSchema.extend({ maxParts: z.number().optional(), region: z.string().optional(), token: secretField().optional() }); }
export class Records extends BaseMetadataStore { static FLAVOR = "sqlite"; static configSchema = z.object({ uri: z.string() }); get uri() { return this.config.uri; } }
export class Pager extends BaseAlerter {
  static FLAVOR = "pager";
  static configSchema = BaseAlerter.configSchema.extend({ apiToken: secretField().optional(), needsRegistry: z.boolean().optional() });
  get validator() {
    const check = (stack) => (stack.name === "quiet" ? "it is quiet there" : undefined);
    return this.config.needsRegistry ? { requiredComponents: ["container_registry"] } : { check };
  }
}
`;

type Flavors = Record<"Runner" | "Files" | "Records" | "Pager", FlavorClass>;

/** A project with one flavor package, built on this copy of core, and a configuration folder of its own. */
export class Place {
  readonly root: string;
  readonly config: string;
  readonly project: string;
  readonly notices: string[] = [];

  constructor({ flavors = true }: { flavors?: boolean } = {}) {
    this.root = realpathSync(mkdtempSync(join(tmpdir(), "zen-repository-")));
    onTestFinished(() => rmSync(this.root, { recursive: true }));
    this.config = join(this.root, "config");
    this.project = join(this.root, "project");
    const installed = join(this.project, "node_modules/@zen/integration-local");
    mkdirSync(installed, { recursive: true });
    writeFileSync(join(this.project, "package.json"), JSON.stringify({ name: "p", dependencies: { "@zen/integration-local": "1" } }));
    const flavor = (type: string, name: string, exported: string, contract: number, aliases?: string[]): object => ({
      type,
      flavor: name,
      contract,
      module: ".",
      export: exported,
      aliases,
    });
    const list = [
      flavor("orchestrator", "local", "Runner", 1),
      flavor("artifact_store", "local", "Files", 1, ["files"]),
      flavor("metadata_store", "sqlite", "Records", 1),
      flavor("alerter", "pager", "Pager", 0),
    ];
    if (!flavors) return;
    writeFileSync(join(installed, "index.mjs"), FLAVORS);
    writeFileSync(
      join(installed, "package.json"),
      JSON.stringify({
        name: "@zen/integration-local",
        version: "0.1.0",
        exports: { ".": "./index.mjs" },
        zen: { manifestVersion: 1, flavors: list },
      }),
    );
  }

  open(options: RepositoryOptions = {}): Repository {
    return new Repository({
      folder: this.project,
      env: { ZENML_CONFIG_PATH: this.config },
      notice: (line) => this.notices.push(line),
      ...options,
    });
  }

  /** The classes, as the program imports them. */
  async classes(): Promise<Flavors> {
    return (await import(pathToFileURL(join(this.project, "node_modules/@zen/integration-local/index.mjs")).href)) as Flavors;
  }

  async stack(name: string, more: Partial<Record<keyof StackParts, StackComponent>> = {}): Promise<Stack> {
    const { Runner, Files, Records } = await this.classes();
    const parts = {
      orchestrator: new Runner({ name } as never),
      artifactStore: new Files({ name, path: "/data" } as never),
      metadataStore: new Records({ name, uri: "/data/zen.db" } as never),
      ...more,
    };
    return new Stack({ name, ...(parts as unknown as StackParts) });
  }
}

/** Code, message and hint of what a promise is rejected with. */
export async function failure(promise: Promise<unknown>): Promise<string> {
  const error = (await promise.then(
    () => ({ code: "nothing was thrown" }),
    (thrown: unknown) => thrown,
  )) as { code: string; message: string; hint: string };
  return `${error.code}\n${error.message}\n${error.hint}`;
}
