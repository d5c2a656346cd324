import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { S3_KEYS } from "@zen-tests/servers";

const INDEX = JSON.stringify(new URL("index.ts", import.meta.url).href);

/** A process that runs a script with `store`, and ends. The keys are in its environment, as a user's would be. */
export function startScript(endpoint: string, path: string, script: string, options: object = {}) {
  const config = JSON.stringify({ name: "test", path, endpoint, ...options });
  return spawn(
    process.execPath,
    ["--input-type=module", "-e", `import { S3ArtifactStore } from ${INDEX};\nconst store = new S3ArtifactStore(${config});\n${script}`],
    {
      env: { ...process.env, AWS_ACCESS_KEY_ID: S3_KEYS.accessKeyId, AWS_SECRET_ACCESS_KEY: S3_KEYS.secretAccessKey },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
}

/** What such a script prints, once it has ended well. */
export async function outputOf(child: ReturnType<typeof startScript>): Promise<string> {
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  if (code !== 0) throw new Error(`The script ended with ${code ?? signal}: ${output}`);
  return output;
}

/** Kills a process while it writes an object whose parts are partly on the server. */
export async function killAmidWrite(endpoint: string, path: string, key: string): Promise<void> {
  const child = startScript(
    endpoint,
    path,
    `await store.write(${JSON.stringify(key)}, (async function* () {
      for (let n = 0; n < 30; n++) yield new Uint8Array(1 << 20);
      console.log("parts");
      await new Promise((resolve) => setTimeout(resolve, 60_000));
    })());`,
  );
  await once(child.stdout, "data");
  await sleep(100);
  const closed = once(child, "close");
  child.kill("SIGKILL");
  await closed;
}
