import { builtinModules } from "node:module";
import { fileURLToPath } from "node:url";
import { defineConfig } from "rolldown";

// The light path: CommonJS starts fastest, and each file that is opened costs, so what most commands share is in a few
// chunks, and what only some need in chunks of their own.
export default defineConfig({
  // The second is started as a process of its own.
  input: { main: "src/main.ts", "class-reader": "src/author/class-reader.ts" },
  platform: "node",
  external: [...builtinModules.filter((name) => name !== "child_process"), /^node:(?!child_process$)/],
  // commander starts commands that are files of their own by it. zen has none, and the module takes a tenth of a cold start.
  // The light path of core comes from its source, module by module: its own build is cut for programs that import all of it.
  resolve: {
    alias: {
      "node:child_process": fileURLToPath(new URL("src/no-child-process.ts", import.meta.url)),
      "@zen/core/light": fileURLToPath(new URL("../../packages/core/src/light.ts", import.meta.url)),
    },
  },
  treeshake: { moduleSideEffects: false },
  plugins: [
    {
      // Node's own modules as objects with a default: a copy of process or fs, getter by getter, takes half a millisecond.
      name: "builtins-uncopied",
      renderChunk: (code) => code.replace(/[\w.]+\((node_\w+)(?:, ?1)?\);/g, "{ __proto__: $1, default: $1 };"),
    },
  ],
  output: {
    dir: "dist",
    format: "cjs",
    entryFileNames: "[name].js",
    chunkFileNames: "[name].js",
    cleanDir: true,
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
    codeSplitting: {
      groups: [
        { name: "yaml", test: /node_modules[\\/](\.pnpm[\\/])?(js-yaml)/, priority: 30 },
        { name: "yaml-edit", test: /node_modules[\\/](\.pnpm[\\/])?(yaml)@/, priority: 30 },
        { name: "prompts", test: /@clack[\\/]|sisteransi|fast-(string|wrap)-/, priority: 30 },
        { name: "commander", test: /commander[\\/]|src[\\/](program|command[\\/](life-cycle|check))\.ts$/, priority: 30 },
        {
          name: "base",
          test: /src[\\/](session|node-warnings|groups|root-help|usage-error|announce|command-line|override-warning|host-folders|output[\\/][\w-]+)\.ts$|core[\\/]src[\\/](error|component)[\\/]/,
          priority: 40,
        },
        { name: "project", test: /src[\\/](project|host|run[\\/](pipeline-file|output-rows))\.ts$/, priority: 20 },
        {
          name: "light",
          test: /core[\\/]src[\\/](?!repository[\\/]legacy|stack-file[\\/](?!export-lazily))|src[\\/]light\.ts$/,
          priority: 10,
        },
      ],
    },
  },
});
