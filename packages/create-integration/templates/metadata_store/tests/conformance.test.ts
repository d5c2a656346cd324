import { mkdtempSync, renameSync, rmSync, symlinkSync } from "node:fs";
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
  makeNewer: (place) => {
    using database = new DatabaseSync(fileOf(place));
    database.exec("PRAGMA user_version = 1000");
  },
  // The disk is gone: nothing is where the folder was. With a server, cut the connection to it.
  break: (place) => {
    const folder = path.dirname(fileOf(place));
    renameSync(folder, `${folder}.away`);
    symlinkSync(folder, folder);
    return () => {
      rmSync(folder);
      renameSync(`${folder}.away`, folder);
    };
  },
  // A file where a folder should be. What is forbidden, and what is full, belongs here too.
  failing: {
    store_unavailable: () => new TemplateMetadataStore({ name: "test", file: path.join(import.meta.filename, "records.db") }),
  },
  // More for a server that is far away.
  timeoutSeconds: 30,
});
