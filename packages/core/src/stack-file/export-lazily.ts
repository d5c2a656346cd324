import type { exportStack as Export } from "./export-stack.ts";

/** See `export-stack.ts`, which is loaded when this is called: no other command of the light path needs it. */
export async function exportStack(...options: Parameters<typeof Export>): ReturnType<typeof Export> {
  return (await import("./export-stack.ts")).exportStack(...options);
}
