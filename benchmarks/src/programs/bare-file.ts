// A plain stream that copies and hashes a file, or reads and hashes it: prints how long that took.
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";

const [mode, from, to] = process.argv.slice(2) as ["store" | "read", string, string];
const chunks = { highWaterMark: 1 << 20 };
const hash = createHash("sha256");
const start = performance.now();
if (mode === "store") {
  const hashing = new Transform({
    ...chunks,
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline(createReadStream(from, chunks), hashing, createWriteStream(to, chunks));
} else {
  for await (const chunk of createReadStream(from, chunks)) hash.update(chunk as Buffer);
}
hash.digest("hex");
console.log(JSON.stringify({ milliseconds: performance.now() - start }));
