// Stores a large file as an artifact, or reads a stored one back: prints how long that took, and the peak memory.
import { file, pipeline, step, type FileRef } from "@zen/core";

let milliseconds = 0;
const store = step("store", { output: file(), cache: false }, ({ path }: { path: string }) => path);
const read = step("read", { cache: false }, async ({ data }: { data: FileRef }) => {
  let bytes = 0;
  const start = performance.now();
  for await (const chunk of data.stream()) bytes += chunk.byteLength;
  milliseconds = performance.now() - start;
  return bytes;
});
const storing = pipeline("storing", ({ path }: { path: string }) => store({ path }));
const reading = pipeline("reading", ({ path }: { path: string }) => read({ data: store({ path }) }));

const nothing = step("nothing", { cache: false }, () => 0);
const warmUp = pipeline("warm-up", () => nothing());

const [mode, path] = process.argv.slice(2) as ["store" | "read", string];
// What a machine's first run sets up isn't the file's.
await warmUp().run();
const start = performance.now();
if (mode === "store") {
  await storing({ path }).run();
  milliseconds = performance.now() - start;
} else {
  await reading({ path }).run();
}
console.log(JSON.stringify({ milliseconds, megabytes: process.resourceUsage().maxRSS / 1024 }));
