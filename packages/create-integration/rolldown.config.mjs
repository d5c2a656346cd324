import { defineConfig } from "rolldown";
import { bundle } from "./bundle.mjs";

export default defineConfig(
  bundle({ index: "src/index.ts", bin: "src/bin.ts", scaffold: "src/scaffold/index.ts" }, [
    "@changesets/cli",
    "@types/node",
    "typescript",
    "vitest",
    "zod",
  ]),
);
