import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { artifactStoreConformance } from "@zen/conformance";
import { afterAll } from "vitest";
import { TemplateArtifactStore } from "../src/index.ts";

const root = mkdtempSync(path.join(tmpdir(), "template-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

artifactStoreConformance({
  name: "TemplateArtifactStore",
  create: (place) => new TemplateArtifactStore({ name: "test", path: `template://${path.join(root, place)}` }),
  // More for a server that is far away.
  timeoutSeconds: 30,
});
