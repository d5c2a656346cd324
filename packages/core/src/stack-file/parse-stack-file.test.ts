import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { load } from "js-yaml";
import { describe, expect, it } from "vitest";
import { COMPONENT_TYPES } from "../component/component-type.ts";
import type { ZenError } from "../error/zen-error.ts";
import { parseStackFiles } from "./merge-stack-files.ts";
import { parseStackFile } from "./parse-stack-file.ts";

const schema = JSON.parse(readFileSync(new URL("../../schemas/stacks.schema.json", import.meta.url), "utf8"));
const validate = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, allowUnionTypes: true }).compile(schema);

const STACK = `
format: 1
stacks:
  prod:
    orchestrator: default
    metadata_store: default
    artifact_store: team-s3
`;
const COMPONENT = `
format: 1
components:
  artifact_store:
    team-s3:
      flavor: s3
`;

const parse = (text: string): ReturnType<typeof parseStackFile> => parseStackFile({ source: "the file prod.yaml", text });

/** The message of what must be refused, and its hint. */
async function refusal(text: string): Promise<string> {
  const error: unknown = await parse(text).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "bad_stack_file", exitCode: 2 });
  const { message, hint } = error as ZenError;
  return `${message}\n${hint}`;
}

describe("a file of stacks", () => {
  it("says stacks, components, and where they are said", async () => {
    const text = `${STACK}
  "007": { orchestrator: 7, metadata_store: "yes", artifact_store: null-1 }
components:
  artifact_store:
    team-s3:
      flavor: s3
      package: "@zen/integration-s3"
      version: 0.10
      config:
        path: s3://bucket/zen # in the team's account
        parts: &parts [1, 2.5, true, { deep: null }]
        same: *parts
        unset: null
`;
    expect(await parse(text)).toEqual({
      stacks: [
        {
          name: "prod",
          components: { orchestrator: "default", metadata_store: "default", artifact_store: "team-s3" },
          source: "the file prod.yaml",
        },
        { name: "007", components: { orchestrator: "7", metadata_store: "yes", artifact_store: "null-1" }, source: "the file prod.yaml" },
      ],
      components: [
        {
          type: "artifact_store",
          name: "team-s3",
          flavor: "s3",
          package: "@zen/integration-s3",
          version: "0.10",
          custom: false,
          config: { path: "s3://bucket/zen", parts: [1, 2.5, true, { deep: null }], same: [1, 2.5, true, { deep: null }] },
          fromZenml: false,
          source: "the file prod.yaml",
        },
      ],
    });
  });

  it("may be one that ZenML exported", async () => {
    const text = `
components:
  artifact_store: { flavor: local, name: files, path: /data/art }
  metadata_store: { flavor: sqlite, name: meta, uri: /data/meta.db, upgrade_migration_enabled: true, port: null }
  orchestrator: { flavor: local, name: default, uuid: 8d0a1c55-7a2e-4a36-9f65-0d6b0f6a2c11 }
stack_name: prod
zenml_version: 0.8.1
`;
    const { stacks, components } = await parse(text);
    expect(stacks).toMatchObject([
      { name: "prod", components: { orchestrator: "default", metadata_store: "meta", artifact_store: "files" } },
    ]);
    expect(components.map(({ type, name, config, fromZenml }) => [type, name, config, fromZenml])).toEqual([
      ["artifact_store", "files", { path: "/data/art" }, true],
      ["metadata_store", "meta", { uri: "/data/meta.db", upgrade_migration_enabled: true }, true],
      ["orchestrator", "default", {}, true],
    ]);
  });
});

describe("what is refused, by the schema for editors as well", () => {
  it.each([
    ["", "The file prod.yaml can't be used: it is empty."],
    ["stacks: {}", `The file prod.yaml can't be used at line 1, column 1: "format" is missing. Write format: 1 at its top.`],
    [
      "format: 2\nunknown: 1",
      "The file prod.yaml can't be used at line 1, column 1: it has the format 2, and this zen knows 1.\nInstall a newer zen: npm install @zen/cli@latest",
    ],
    ["format: '1'", `The file prod.yaml can't be used at line 1, column 1: "format" is "1" and should be 1.`],
    [
      "format: 1\nstack: {}",
      `The file prod.yaml can't be used at line 2, column 1: there is no key "stack" in a file of stacks. Did you mean "stacks"?\nThe keys are: format, stacks, components.`,
    ],
    ["format: 1\nstacks: [a]", `The file prod.yaml can't be used at line 2, column 9: "stacks" should be a mapping (key: value).`],
    [
      STACK.replace("metadata_store", "metadata-store"),
      `The file prod.yaml can't be used at line 6, column 5: there is no key "metadata-store" in the ten component types. Did you mean "metadata_store"?`,
    ],
    [
      STACK.replace("    metadata_store: default\n", ""),
      `The file prod.yaml can't be used at line 4, column 3: the stack "prod" has no metadata store.\nAdd to the stack: metadata_store: NAME`,
    ],
    [
      STACK.replace("team-s3", "[a]"),
      `The file prod.yaml can't be used at line 7, column 21: the artifact store of the stack "prod" should be text.`,
    ],
    [
      STACK.replace("prod", "a/b"),
      `The file prod.yaml can't be used at line 4, column 3: "a/b" can't be the name of a new stack: it contains a path separator.\nA name is made`,
    ],
    [
      STACK.replace("prod", "Con.x"),
      `The file prod.yaml can't be used at line 4, column 3: "Con.x" can't be the name of a new stack: Windows keeps it for a device.`,
    ],
    [
      STACK.replace("prod", `"a."`),
      `The file prod.yaml can't be used at line 4, column 3: "a." can't be the name of a new stack: it ends with a dot.`,
    ],
    [
      STACK.replace("prod", "é"),
      `The file prod.yaml can't be used at line 4, column 3: "é" can't be the name of a new stack: it must begin with a letter or a digit.`,
    ],
    [
      STACK.replace("prod", `""`),
      `The file prod.yaml can't be used at line 4, column 3: "" can't be the name of a new stack: it is empty.`,
    ],
    [STACK.replace("prod", "a".repeat(101)), "can't be the name of a new stack: it has 101 characters, and 100 are allowed."],
    [
      COMPONENT.replace("team-s3", "-s3"),
      `The file prod.yaml can't be used at line 5, column 5: "-s3" can't be the name of a new artifact store: it must begin with a letter or a digit.`,
    ],
    [
      COMPONENT.replace("flavor: s3", "config: {}"),
      `The file prod.yaml can't be used at line 5, column 5: "flavor" of the artifact store "team-s3" is missing.`,
    ],
    [
      COMPONENT.replace("flavor:", "flavour:"),
      `The file prod.yaml can't be used at line 6, column 7: there is no key "flavour" in the artifact store "team-s3". Did you mean "flavor"?\nThe keys are: flavor, package, version, custom, config.`,
    ],
    [
      COMPONENT.replace("s3\n", `"@acme/x:s3"\n`).replace("flavor: s3", `flavor: "@acme/x:s3"`),
      `The file prod.yaml can't be used at line 6, column 7: "flavor" of the artifact store "team-s3" is "@acme/x:s3", which is no name of a flavor.\nWrite flavor: s3 and package: "@acme/x"`,
    ],
    [
      `${COMPONENT}      package: "x; rm -rf"\n`,
      `The file prod.yaml can't be used at line 7, column 7: "package" of the artifact store "team-s3" is "x; rm -rf", which is no name of a package.`,
    ],
    [
      `${COMPONENT}      custom: true\n      package: x\n`,
      `The file prod.yaml can't be used at line 7, column 7: the artifact store "team-s3" has both "custom" and "package".`,
    ],
    [
      `${COMPONENT}      custom: 1\n`,
      `The file prod.yaml can't be used at line 7, column 7: "custom" of the artifact store "team-s3" should be true or false.`,
    ],
    [
      `${COMPONENT}      config: [1]\n`,
      `The file prod.yaml can't be used at line 7, column 15: "config" of the artifact store "team-s3" should be a mapping (key: value).`,
    ],
    [
      `${COMPONENT}      config: { uuid: x }\n`,
      `The file prod.yaml can't be used at line 7, column 17: "uuid" is no setting of the artifact store "team-s3": a component's name is its key, and a uuid is made.`,
    ],
  ])("%j", async (text, message) => {
    expect(await refusal(text)).toContain(message);
    expect(validate(load(text || "null"))).toBe(false);
  });
});

describe("what is refused, and no schema can say", () => {
  it.each([
    ["format: 1\nformat: 1", "The file prod.yaml can't be used at line 2, column 1: a key is there twice."],
    ["format: 1\nstacks: {1: {}, '1': {}}", `The file prod.yaml can't be used at line 2, column 17: the key "1" is there twice.`],
    ["format: 1\n---\nformat: 1", "The file prod.yaml can't be used at line 2, column 1: it holds more than one document (---)."],
    [
      "format: 1\nstacks: {prod: {",
      "The file prod.yaml can't be used at line 2, column 17: Flow map in block collection must be sufficiently indented and end with a }.",
    ],
    [
      "format: 1\nstacks: { prod: { alerter: x } }",
      `The file prod.yaml can't be used at line 2, column 11: the stack "prod" has no orchestrator and no metadata store and no artifact store.`,
    ],
    [
      `${STACK}  PROD: {orchestrator: a, metadata_store: a, artifact_store: a}\n`,
      `The file prod.yaml can't be used at line 8, column 3: "PROD" differs from the stack "prod" only in case.`,
    ],
    [
      `${COMPONENT}      config: { path: "{{local_stores}}/../x" }\n`,
      `The file prod.yaml can't be used at line 7, column 23: "path" of the artifact store "team-s3", "{{local_stores}}/../x", leads out of its folder.`,
    ],
    [
      `${COMPONENT}      config: { n: 12345678901234567891 }\n`,
      `The file prod.yaml can't be used at line 7, column 20: "n" of the artifact store "team-s3" is a number that can't be kept exactly.\nWrite it as text, in quotes.`,
    ],
    [
      `${COMPONENT}      config: { n: .nan }\n`,
      'The file prod.yaml can\'t be used at line 7, column 20: "n" of the artifact store "team-s3" is a number that can\'t be kept exactly.',
    ],
    [
      `${COMPONENT}      config: &c { n: *c }\n`,
      `The file prod.yaml can't be used at line 7, column 18: "n" of the artifact store "team-s3" contains itself.`,
    ],
    [
      `${COMPONENT}      config: { n: *gone }\n`,
      "The file prod.yaml can't be used at line 7, column 20: *gone stands for nothing: no &gone comes before it.",
    ],
    [
      `${COMPONENT}      config: { n: ${"[".repeat(200)}${"]".repeat(200)} }\n`,
      `"n" of the artifact store "team-s3" is nested too deeply.`,
    ],
    [`format: 1\nstacks: ${"[".repeat(100_000)}`, "The file prod.yaml can't be used"],
    [
      `${COMPONENT}      config:\n        a0: &a0 [x]\n${Array.from({ length: 30 }, (_, i) => `        a${i + 1}: &a${i + 1} [*a${i}, *a${i}]\n`).join("")}`,
      "its aliases (*) make it too large.",
    ],
    [
      "zenml_version: 0.8.1\nstack_name: x\ncomponents: {}\n",
      `The file prod.yaml can't be used at line 3, column 1: the stack "x" has no orchestrator and no metadata store and no artifact store.`,
    ],
    [
      "zenml_version: 0.8.1\nstack_nam: x\ncomponents: {}\n",
      `there is no key "stack_nam" in a stack that ZenML exported. Did you mean "stack_name"?`,
    ],
  ])("%#", async (text, message) => {
    expect(await refusal(text)).toContain(message);
  });
});

it("the schema knows the types that there are", () => {
  const types = COMPONENT_TYPES.map(({ type }) => type).sort();
  const required = COMPONENT_TYPES.filter((row) => row.required).map(({ type }) => type);
  expect(Object.keys(schema.properties.components.properties).sort()).toEqual(types);
  expect(Object.keys(schema.$defs.stack.properties).sort()).toEqual(types);
  expect(new Set(schema.$defs.stack.required)).toEqual(new Set(required));
});

describe("several files", () => {
  const file = (source: string, text: string): { source: string; text: string } => ({ source, text });

  it("may say the same, in any order, and not two things of one", async () => {
    const one = file("the file a.yaml", STACK);
    const other = file("the file b.yaml", `${COMPONENT}${STACK.replace("\nformat: 1", "")}`);
    const [there, back] = [await parseStackFiles([one, other]), await parseStackFiles([other, one])];
    expect(there.stacks.map(({ name }) => name)).toEqual(["prod"]);
    expect(there.components).toEqual(back.components);
    const changed = file("the file c.yaml", COMPONENT.replace("s3\n", "gcs\n").replace("flavor: s3", "flavor: gcs"));
    await expect(parseStackFiles([other, changed])).rejects.toMatchObject({
      message: `The file c.yaml can't be used: it describes the artifact store "team-s3" in another way than the file b.yaml.`,
      hint: "Nothing was changed. Describe it in one place only, or in the same way.",
    });
  });
});
