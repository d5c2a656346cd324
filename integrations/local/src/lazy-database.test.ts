import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";

test("importing the package loads no database", () => {
  const script = `await import(${JSON.stringify(new URL("index.ts", import.meta.url).href)}); console.log(process.moduleLoadList.some((name) => name.includes("sqlite")));`;
  expect(execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" }).trim()).toBe("false");
});
