import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { configFolder } from "./config-folder.ts";

test("ZENML_CONFIG_PATH beats everything, and may be relative to the working directory", () => {
  expect(configFolder({ ZENML_CONFIG_PATH: "/x/y", XDG_CONFIG_HOME: "/xdg" })).toBe("/x/y");
  expect(configFolder({ ZENML_CONFIG_PATH: "y" })).toBe(resolve("y"));
});

test.runIf(process.platform === "linux")("otherwise it is where Linux keeps such folders", () => {
  expect(configFolder({ HOME: "/home/ada" })).toBe("/home/ada/.config/zen");
  expect(configFolder({ HOME: "/home/ada", XDG_CONFIG_HOME: "/xdg", ZENML_CONFIG_PATH: "" })).toBe("/xdg/zen");
  expect(configFolder({ HOME: "/home/ada", XDG_CONFIG_HOME: "relative" })).toBe("/home/ada/.config/zen");
  expect(configFolder({})).toBe(join(homedir(), ".config", "zen"));
});
