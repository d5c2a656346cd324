import { homedir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cacheFolder } from "./cache-folder.ts";

test.runIf(process.platform === "linux")("the folder is where Linux keeps caches", () => {
  expect(cacheFolder({ HOME: "/home/ada" })).toBe("/home/ada/.cache/zen");
  expect(cacheFolder({ HOME: "/home/ada", XDG_CACHE_HOME: "/xdg" })).toBe("/xdg/zen");
  expect(cacheFolder({ HOME: "/home/ada", XDG_CACHE_HOME: "relative" })).toBe("/home/ada/.cache/zen");
  expect(cacheFolder({})).toBe(join(homedir(), ".cache", "zen"));
});
