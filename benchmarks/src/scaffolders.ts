import { Machine } from "../../e2e/registry/machine.ts";
import { releaseWorkspace } from "../../e2e/registry/released-workspace.ts";
import type { Figure } from "./figure.ts";

const RUNS = 3;

/** From the command of a scaffolder to what a person wanted from it, installed from a registry on this machine, npm's cache warm. */
export async function scaffolders(): Promise<Figure[]> {
  const { registry } = await releaseWorkspace();
  const machine = new Machine(registry);
  try {
    const fastest = async (name: string, ...lines: readonly string[]): Promise<number> => {
      const seconds: number[] = [];
      // The first one warms the cache.
      for (let run = 0; run <= RUNS; run++) {
        const folder = machine.write(`${name}-${run}`, {});
        const start = performance.now();
        for (const [at, line] of lines.entries()) {
          const { code, stdout, stderr } = await machine.run(at === 0 ? folder : `${folder}/${name}`, line.split(" "));
          if (code !== 0) throw new Error(`${line} exited with ${code}:\n${stdout}${stderr}`);
        }
        if (run > 0) seconds.push((performance.now() - start) / 1_000);
      }
      return Math.min(...seconds);
    };
    return [
      {
        name: "npm create @zen/integration, npm install, npm test: to a green conformance run",
        reference: "",
        value: await fastest(
          "zen-integration-locker",
          "npm create @zen/integration @acme/zen-integration-locker -- --type artifact_store --flavor locker --yes",
          "npm install",
          "npm test",
        ),
        unit: "s",
        limit: null,
      },
      {
        name: "npm create @zen, npm install, npm start: to the first result",
        reference: "",
        value: await fastest("project", "npm create @zen project -- --yes", "npm install", "npm start"),
        unit: "s",
        limit: 60,
      },
    ];
  } finally {
    machine.remove();
    await registry[Symbol.asyncDispose]();
  }
}
