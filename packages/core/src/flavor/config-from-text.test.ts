import { expect, test } from "vitest";
import * as z from "zod";
import { configFromText } from "./config-from-text.ts";
import { asConfigSchema, configOptions } from "./config-schema.ts";

const SCHEMA = asConfigSchema(
  z.toJSONSchema(
    z.object({
      path: z.string(),
      accessKeyId: z.string().optional(),
      partSize: z.int().default(8).meta({ description: "MiB" }),
      ratio: z.number().nullable(),
      verify: z.boolean().default(true),
      tags: z.array(z.string()).optional(),
      headers: z.record(z.string(), z.string()).optional(),
      mode: z.enum(["path", "virtual"]).optional(),
      level: z.union([z.literal(1), z.literal(2)]).optional(),
      port: z.union([z.number(), z.string()]).optional(),
      timeout: z.union([z.number(), z.boolean()]).optional(),
      anything: z.any(),
      pin: z.number().optional().meta({ secret: true }),
    }),
    { io: "input" },
  ),
)!;
const read = (values: Record<string, string>): unknown => configFromText(SCHEMA, values, 'artifact store flavor "s3"');

test.each<[string, string, unknown]>([
  ["path", "s3://bucket/a=b c", "s3://bucket/a=b c"],
  ["path", "007", "007"],
  ["path", "", ""],
  ["path", '{"a": 1}', '{"a": 1}'],
  ["access_key_id", "{{env.KEY}}", "{{env.KEY}}"],
  ["part_size", "16", 16],
  ["part_size", "-1", -1],
  ["ratio", "1e-3", 0.001],
  ["ratio", ".5", 0.5],
  ["ratio", "null", null],
  ["verify", "false", false],
  ["verify", "TRUE", true],
  ["verify", "no", false],
  ["verify", "1", true],
  ["tags", '["a", "b"]', ["a", "b"]],
  ["headers", '{"x": "y"}', { x: "y" }],
  ["mode", "virtual", "virtual"],
  ["level", "2", 2],
  ["port", "80", "80"],
  ["timeout", "80", 80],
  ["timeout", "false", false],
  ["anything", "7", 7],
  ["anything", "007", "007"],
  ["anything", "[1]", [1]],
  ["anything", "[1", "[1"],
])("--%s=%s", (key, text, value) => {
  expect(Object.values(read({ [key]: text }) as object)).toEqual([value]);
});

test("keys may be typed as files, the command line or code spell them, and come out as code spells them", () => {
  for (const key of ["access_key_id", "access-key-id", "accessKeyId"]) expect(read({ [key]: "x" })).toEqual({ accessKeyId: "x" });
  expect(() => read({ access_key_id: "x", "access-key-id": "y" })).toThrow('The option "access_key_id" is given twice.');
});

test.each<[string, string, string, string]>([
  [
    "part_size",
    "many",
    '"part_size" of the artifact store flavor "s3" should be a whole number, and "many" is not.',
    "Write, for example: --part_size=10 (MiB)",
  ],
  [
    "part_size",
    "",
    '"part_size" of the artifact store flavor "s3" should be a whole number, and "" is not.',
    "Write, for example: --part_size=10 (MiB)",
  ],
  [
    "ratio",
    "0x10",
    '"ratio" of the artifact store flavor "s3" should be a number or null, and "0x10" is not.',
    "Write, for example: --ratio=10",
  ],
  [
    "ratio",
    "1e999",
    '"ratio" of the artifact store flavor "s3" should be a number or null, and "1e999" is not.',
    "Write, for example: --ratio=10",
  ],
  [
    "verify",
    "maybe",
    '"verify" of the artifact store flavor "s3" should be true or false, and "maybe" is not.',
    "Write, for example: --verify=true",
  ],
  [
    "tags",
    "a,b",
    '"tags" of the artifact store flavor "s3" should be a list, as JSON, and "a,b" is not.',
    'Write, for example: --tags=\'["a", "b"]\'',
  ],
  [
    "headers",
    "[1]",
    '"headers" of the artifact store flavor "s3" should be an object, as JSON, and "[1]" is not.',
    'Write, for example: --headers=\'{"key": "value"}\'',
  ],
  ["level", "3", '"level" of the artifact store flavor "s3" should be 1 or 2, and "3" is not.', "Write, for example: --level=1"],
  [
    "pin",
    "hunter2",
    '"pin" of the artifact store flavor "s3" should be a number, and the value given is not.',
    "Write, for example: --pin=10",
  ],
  [
    "acess_key_id",
    "x",
    'The artifact store flavor "s3" has no option "acess_key_id". Did you mean "access_key_id"?',
    "Its options are: --path, --ratio, --anything, --access_key_id, --part_size, --verify, --tags, --headers, --mode, --level, --port, --timeout, --pin",
  ],
  ["name", "x", 'The artifact store flavor "s3" has no option "name".', expect.any(String) as string],
])("--%s=%s is refused", (key, text, message, hint) => {
  expect(() => read({ [key]: text })).toThrow(expect.objectContaining({ code: "bad_config", exitCode: 2, message, hint }));
});

test("a choice that is misspelt is suggested", () => {
  expect(() => read({ mode: "virtaul" })).toThrow(
    '"mode" of the artifact store flavor "s3" should be path or virtual, and "virtaul" is not. Did you mean "virtual"?',
  );
});

test("keys of every object's prototype are unknown like any other", () => {
  for (const key of ["constructor", "__proto__", "to_string"])
    expect(() => configFromText({ properties: {}, required: [] }, { [key]: "x" }, "x")).toThrow(`The x has no option "${key}".`);
});

test("options for help: required ones first, secrets marked", () => {
  const options = configOptions(SCHEMA);
  expect(options.slice(0, 3).map((option) => [option.option, option.required])).toEqual([
    ["path", true],
    ["ratio", true],
    ["anything", true],
  ]);
  expect(options.find((option) => option.field === "partSize")).toMatchObject({
    key: "part_size",
    option: "part-size",
    required: false,
    default: 8,
    description: "MiB",
    secret: false,
  });
  expect(options.find((option) => option.field === "pin")?.secret).toBe(true);
});
