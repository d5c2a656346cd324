import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readGlobalConfig, storeFolder, storeUrl } from "./global-config.ts";

function folder(config: string): string {
  const path = mkdtempSync(join(tmpdir(), "zen-config-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  writeFileSync(join(path, "config.yaml"), config);
  return path;
}

test("a configuration that ZenML 0.8 wrote is read", async () => {
  const path = folder(`activated_profile: default
analytics_opt_in: true
profiles:
  zenml:
    active_stack: null
    name: zenml
    store_type: rest
    store_url: http://10.0.0.1:8000
  default:
    active_stack: default
    active_user: default
    name: default
    store_type: local
    store_url: file:///home/user/.config/zenml/profiles/default
user_id: 90af3772-7fa0-4c1f-be73-c78257c7eb55
version: 0.8.1
`);
  expect(await readGlobalConfig(path)).toEqual({
    file: join(path, "config.yaml"),
    activatedProfile: "default",
    profiles: [
      {
        name: "default",
        storeType: "local",
        storeUrl: "file:///home/user/.config/zenml/profiles/default",
        activeStack: "default",
        activeUser: "default",
      },
      { name: "zenml", storeType: "rest", storeUrl: "http://10.0.0.1:8000", activeStack: undefined, activeUser: undefined },
    ],
  });
});

test.each(["0.9.0", "0.20.5", "0.98.0", "1.0.0", "banana"])("one of ZenML %s is refused and not touched", async (version) => {
  const text = `activated_profile: default\nversion: ${version}\n`;
  const path = folder(text);
  await expect(readGlobalConfig(path)).rejects.toMatchObject({
    code: "config_too_new",
    message: `${join(path, "config.yaml")} was written by ZenML ${version}, and zen works with the folders of ZenML 0.8 and older only.`,
    hint: "Nothing was changed. Let zen have a folder of its own: unset ZENML_CONFIG_PATH, or export ZENML_CONFIG_PATH=/another/folder",
  });
  expect(readFileSync(join(path, "config.yaml"), "utf8")).toBe(text);
});

test("values of the wrong kind are named", async () => {
  await expect(readGlobalConfig(folder("profiles: [a]\n"))).rejects.toThrow('"profiles" is a list and should be a mapping (key: value).');
  await expect(readGlobalConfig(folder("profiles:\n  a:\n    store_type: nfs\n"))).rejects.toThrow(
    '"profiles.a.store_type" is "nfs" and should be local, sql or rest.',
  );
});

test("a store's URL and its folder are two spellings of one", () => {
  expect(storeUrl("/home/a b/ü%20")).toBe("file:///home/a b/ü%20");
  expect(storeFolder("file:///home/a b/ü%20")).toBe("/home/a b/ü%20");
  expect(storeFolder("/plain/path")).toBe("/plain/path");
  expect(storeFolder("file:///C:/zen")).toBe("C:/zen");
});
