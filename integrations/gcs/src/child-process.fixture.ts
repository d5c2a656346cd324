import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";

const INDEX = JSON.stringify(new URL("index.ts", import.meta.url).href);

/** Starts a process that runs a script in which the flavor is imported. */
function start(script: string, env: NodeJS.ProcessEnv): ChildProcess {
  return spawn(process.execPath, ["--input-type=module", "-e", `import { GCSArtifactStore } from ${INDEX};\n${script}`], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...env },
  });
}

/** What such a script prints, once it has ended well. */
export async function outputOf(script: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const child = start(script, env);
  let output = "";
  child.stdout!.on("data", (text) => (output += text));
  const [code] = (await once(child, "close")) as [number];
  if (code !== 0) throw new Error(`The script ended with ${code}: ${output}`);
  return output;
}

/** Runs a script until it prints something, and kills it. */
export async function killAfterOutput(script: string): Promise<void> {
  const child = start(script, {});
  const closed = once(child, "close");
  await Promise.race([once(child.stdout!, "data"), closed]);
  if (!child.kill("SIGKILL")) throw new Error("The script ended before it was killed.");
  await closed;
}
