import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";

test("the SDK is loaded by the first use of a store, and not before", () => {
  const script = `
    import { createRequire } from "node:module";
    import { S3ArtifactStore } from ${JSON.stringify(new URL("index.ts", import.meta.url).href)};
    const isLoaded = () => Object.keys(createRequire("/").cache).some((file) => file.includes("aws-sdk"));
    const config = { endpoint: "http://127.0.0.1:9", maxAttempts: 1, accessKeyId: "id", secretAccessKey: "secret" };
    const store = new S3ArtifactStore({ name: "s3", path: "s3://bucket/prefix", ...config });
    const before = isLoaded();
    const { code } = await store.read("a").catch((error) => error);
    console.log(before, isLoaded(), code);`;
  const output = execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
  expect(output.trim()).toBe("false true store_unavailable");
});
