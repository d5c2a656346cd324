import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";

const INDEX = JSON.stringify(new URL("index.ts", import.meta.url).href);

/** Starts a process that runs a script in which the flavors are imported. */
export function start(script: string): ChildProcess {
  return spawn(
    process.execPath,
    ["--input-type=module", "-e", `import { LocalArtifactStore, SQLiteMetadataStore } from ${INDEX};\n${script}`],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
}

/** What such a script prints, once it has ended well. */
export async function outputOf(script: string): Promise<string> {
  const child = start(script);
  let output = "";
  child.stdout!.on("data", (text) => (output += text));
  const [code] = (await once(child, "close")) as [number];
  if (code !== 0) throw new Error(`The script ended with ${code}: ${output}`);
  return output;
}

/** Runs a script until it prints something, then a little longer, and kills it. */
export async function killAfterOutput(script: string, milliseconds = 0): Promise<void> {
  const child = start(script);
  const closed = once(child, "close");
  await Promise.race([once(child.stdout!, "data"), closed]);
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  if (!child.kill("SIGKILL")) throw new Error("The script ended before it was killed.");
  await closed;
}

/** For scripts: goes on as a user who owns nothing. Root may write anywhere. */
export const AS_NOBODY = `if (process.getuid() === 0) { process.setgroups([]); process.setgid(65534); process.setuid(65534); }`;
