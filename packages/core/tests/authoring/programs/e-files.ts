import { pipeline, step, file, json, context, type FileRef } from "@zen/core";
const make = step("make", { output: file() }, async ({ mib }: { mib: number }, ctx) => {
  const out = ctx.file("big.bin");
  const w = out.writable().getWriter();
  const chunk = new Uint8Array(1 << 20);
  for (let i = 0; i < mib; i++) {
    ctx.signal.throwIfAborted();
    await w.write(chunk);
    ctx.progress(i + 1, mib, "MiB");
  }
  await w.close();
  return out;
});
const count = step("count", { outputs: { bytes: json<number>(), copy: file() } }, async ({ data }: { data: FileRef }) => {
  let bytes = 0;
  for await (const c of data.stream()) bytes += c.length;
  return { bytes, copy: data };
});
const helper = () => context().run.runtime.batchSize; // deep code, no parameter passed along
const configured = step("configured", ({ config }: { config: { url: string; headers?: Record<string, string> } }, { run }) => ({
  at: config.url,
  size: helper(),
  keys: Object.keys(run.runtime),
}));
export const files = pipeline("files", ({ mib, config }: { mib: number; config: { url: string } }) => {
  const data = make({ mib });
  const { bytes, copy } = count({ data });
  return { bytes, copy, cfg: configured.with({ as: "cfg", after: [bytes] })({ config: { ...config, headers: { a: "b" } } }) };
});
if (import.meta.main) {
  const run = await files({ mib: 256, config: JSON.parse('{"url":"http://x"}') }).run({ batchSize: 64 });
  console.log(
    "e",
    await run.outputs.bytes.read(),
    await run.outputs.cfg.read(),
    Math.round(process.memoryUsage().rss / 2 ** 20),
    "MiB rss",
  );
}
