// Writes the JSON Schema of every flavor that package.json names, from its class: pnpm --filter @zen/integration-gcs schemas
import { readFileSync, writeFileSync } from "node:fs";
import * as z from "zod";
import * as flavors from "../src/index.ts";

const folder = new URL("../", import.meta.url);
const { zen } = JSON.parse(readFileSync(new URL("package.json", folder), "utf8")) as {
  zen: { flavors: { export: keyof typeof flavors; configSchema: string }[] };
};
for (const flavor of zen.flavors) {
  const schema = z.toJSONSchema(flavors[flavor.export].configSchema, { io: "input" });
  writeFileSync(new URL(flavor.configSchema, folder), `${JSON.stringify(schema, null, 2)}\n`);
}
