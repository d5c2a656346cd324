import { mkdirSync, readFileSync, realpathSync, symlinkSync } from "node:fs";
import path from "node:path";
import { TestProject } from "./zen.ts";

const CLI = path.resolve(import.meta.dirname, "..");
const WORKSPACE = path.resolve(CLI, "../..");

/** An author's folder with a package of flavors, which finds core, zod and the suites where an install would put them. */
export class AuthorProject extends TestProject {
  constructor(files: Record<string, string>) {
    super(files);
    for (const [name, target] of Object.entries({
      zod: path.join(CLI, "node_modules/zod"),
      vitest: path.join(WORKSPACE, "node_modules/vitest"),
      "@zen/conformance": path.join(WORKSPACE, "packages/conformance"),
      ".bin": path.join(WORKSPACE, "node_modules/.bin"),
    })) {
      const place = path.join(this.folder, "node_modules", name);
      mkdirSync(path.dirname(place), { recursive: true });
      symlinkSync(realpathSync(target), place, "dir");
    }
  }

  text(file: string): string {
    return readFileSync(path.join(this.folder, file), "utf8");
  }
}

/** A package.json as people write them: short lists on one line. */
export const manifest = (flavors: string): string => `{
  "name": "zen-integration-acme", "version": "1.2.3",
  "type": "module",
  "keywords": ["zen-integration"],
  "license": "MIT",
  "files": ["src", "schemas"],
  "exports": { ".": "./src/index.ts" },
  "peerDependencies": { "@zen/core": "^0.1.0", "zod": "^4.0.0" },
  "zen": {
    "manifestVersion": 1,
    "description": "Acme's own",
    "flavors": ${flavors}
  }
}
`;

export const CLASSES = `import { BaseAlerter, BaseContainerRegistry, secretField } from "@zen/core";
import * as z from "zod";

export * from "@zen/core";

export class AcmeAlerter extends BaseAlerter<typeof AcmeAlerter.configSchema> {
  static override readonly FLAVOR = "acme";
  static override readonly configSchema = BaseAlerter.configSchema.extend({
    channel: z.string().meta({ description: "Where to post" }),
    apiToken: secretField().optional().meta({ description: "The token of the bot" }),
  });
}

/** Others extend it. */
export abstract class AcmeBase extends BaseContainerRegistry {}
`;
