import { defineConfig } from "rolldown";
import { bundle } from "../create-integration/bundle.mjs";

export default defineConfig(bundle({ bin: "src/bin.ts" }, ["@types/node", "oxlint", "oxlint-tsgolint", "typescript", "vitest", "zod"]));
