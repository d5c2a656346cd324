import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { artifactStoreConformance } from "@zen/conformance";
import { afterAll } from "vitest";
import { TemplateArtifactStore } from "../src/index.ts";

const root = mkdtempSync(path.join(tmpdir(), "template-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const folderOf = (place: string): string => path.join(root, place);

/** Writes 8 MiB, says so, and never goes on. */
const endlessWrite = (place: string, key: string): string => `
  import { TemplateArtifactStore } from ${JSON.stringify(new URL("../src/index.ts", import.meta.url))};
  const store = new TemplateArtifactStore({ name: "test", path: ${JSON.stringify(`template://${folderOf(place)}`)} });
  setInterval(() => {}, 1000);
  await store.write(${JSON.stringify(key)}, (async function* () {
    for (let n = 0; n < 8; n++) yield new Uint8Array(1 << 20);
    console.log("written");
    await new Promise(() => {});
  })());`;

artifactStoreConformance({
  name: "TemplateArtifactStore",
  create: (place) => new TemplateArtifactStore({ name: "test", path: `template://${folderOf(place)}` }),
  killAmidWrite: async (place, key) => {
    const child = spawn(process.execPath, ["--input-type=module", "-e", endlessWrite(place, key)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const closed = once(child, "close");
    await Promise.race([once(child.stdout, "data"), closed]);
    if (!child.kill("SIGKILL")) throw new Error("It ended before it was killed.");
    await closed;
  },
  // The disk is gone: nothing is where the folder was. With a server, cut the connection to it.
  break: (place) => {
    const folder = folderOf(place);
    renameSync(folder, `${folder}.away`);
    symlinkSync(folder, folder);
    return () => {
      rmSync(folder);
      renameSync(`${folder}.away`, folder);
    };
  },
  // A file where a folder should be. What is forbidden, and what is full, belongs here too.
  failing: {
    store_unavailable: () => new TemplateArtifactStore({ name: "test", path: `template://${import.meta.filename}/objects` }),
  },
  // More for a server that is far away.
  timeoutSeconds: 30,
});
