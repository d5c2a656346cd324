import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openContext, type Context } from "../repository/context.ts";

const url = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);

const FLAVORS = `
import * as z from ${JSON.stringify(import.meta.resolve("zod"))};
import { BaseAlerter } from ${url("../component/alerter.ts")};
import { BaseArtifactStore } from ${url("../component/artifact-store.ts")};
import { BaseMetadataStore } from ${url("../component/metadata-store.ts")};
import { BaseOrchestrator } from ${url("../component/orchestrator.ts")};
import { secretField } from ${url("../component/secret-field.ts")};
export class Runner extends BaseOrchestrator { static FLAVOR = "local"; static configSchema = BaseOrchestrator.configSchema.extend({ settings: z.json().optional() }); }
export class Files extends BaseArtifactStore { static FLAVOR = "local"; static SUPPORTED_SCHEMES = [""]; }
export class Records extends BaseMetadataStore { static FLAVOR = "sqlite"; static configSchema = z.object({ uri: z.string() }); get uri() { return this.config.uri; } }
export class Bucket extends BaseArtifactStore {
  static FLAVOR = "s3";
  static SUPPORTED_SCHEMES = ["s3://"];
  static configSchema = BaseArtifactStore.configSchema.extend({
    region: z.string().default("eu"),
    secretAccessKey: secretField().optional(),
    endpoint: z.string().optional(),
  });
}
export class Pager extends BaseAlerter {
  static FLAVOR = "pager";
  static configSchema = BaseAlerter.configSchema.extend({ needsRegistry: z.boolean().optional() });
  get validator() { return this.config.needsRegistry ? { requiredComponents: ["container_registry"] } : undefined; }
}
`;

const S3_SCHEMA = {
  type: "object",
  properties: {
    path: { type: "string" },
    region: { type: "string", default: "eu" },
    secretAccessKey: { type: "string", secret: true },
    endpoint: { type: "string" },
  },
  required: ["path"],
};

const flavor = (type: string, name: string, exported: string, contract: number, more: object = {}): object => ({
  type,
  flavor: name,
  contract,
  module: ".",
  export: exported,
  ...more,
});

const PACKAGES: Readonly<Record<string, readonly object[]>> = {
  "@zen/integration-local": [
    flavor("orchestrator", "local", "Runner", 1),
    flavor("artifact_store", "local", "Files", 1, { aliases: ["files"] }),
    flavor("metadata_store", "sqlite", "Records", 1),
  ],
  "@zen/integration-s3": [flavor("artifact_store", "s3", "Bucket", 1, { aliases: ["bucket"], configSchema: "./s3.json" })],
  "@zen/integration-pager": [flavor("alerter", "pager", "Pager", 0)],
};

/** A machine with a project, in which some flavors are installed, and a configuration folder. */
export class Machine {
  readonly root: string;
  readonly config: string;
  readonly project: string;

  /** @param packages those that are installed */
  constructor(remove: (callback: () => void) => void, packages: readonly string[] = Object.keys(PACKAGES)) {
    this.root = realpathSync(mkdtempSync(join(tmpdir(), "zen-stack-file-")));
    remove(() => rmSync(this.root, { recursive: true, force: true }));
    this.config = join(this.root, "config");
    this.project = join(this.root, "project");
    for (const name of packages) {
      const folder = join(this.project, "node_modules", name);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "index.mjs"), FLAVORS);
      writeFileSync(join(folder, "s3.json"), JSON.stringify(S3_SCHEMA));
      const manifest = { name, version: "1.0.0", type: "module", exports: { ".": "./index.mjs" } };
      writeFileSync(join(folder, "package.json"), JSON.stringify({ ...manifest, zen: { manifestVersion: 1, flavors: PACKAGES[name] } }));
    }
    const dependencies = Object.fromEntries(packages.map((name) => [name, "*"]));
    mkdirSync(this.project, { recursive: true });
    writeFileSync(join(this.project, "package.json"), JSON.stringify({ name: "project", dependencies }));
  }

  /** Another machine has another configuration folder. */
  open(config = this.config): Promise<Context> {
    return openContext({ folder: this.project, env: { ZENML_CONFIG_PATH: config } });
  }
}
