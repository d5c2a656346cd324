import { mkdtempSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import path from "node:path";
import { metadataStoreConformance } from "@zen/conformance";
import { afterAll } from "vitest";
import { TemplateMetadataStore } from "../src/index.ts";

const root = mkdtempSync(path.join(tmpdir(), "template-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const fileOf = (place: string): string => path.join(root, place, "records.db");

metadataStoreConformance({
  name: "TemplateMetadataStore",
  create: (place) => new TemplateMetadataStore({ name: "test", file: fileOf(place) }),
  // More for a server that is far away.
  timeoutSeconds: 30,
  makeNewer: (place) => {
    using database = new DatabaseSync(fileOf(place));
    database.exec("PRAGMA user_version = 1000");
  },
});
