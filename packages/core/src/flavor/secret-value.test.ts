import { expect, test } from "vitest";
import * as z from "zod";
import { secretField } from "../component/secret-field.ts";
import { asConfigSchema } from "./config-schema.ts";
import { withoutSecrets } from "./secret-value.ts";

test("a secret is found wherever a schema can have one, and a reference is none", () => {
  const shape = z.object({
    plain: secretField(),
    list: z.array(secretField()),
    pair: z.tuple([z.string(), secretField()]),
    nested: z.object({ inner: secretField().optional() }),
    map: z.record(z.string(), secretField()),
    host: z.string(),
  });
  const schema = asConfigSchema(z.toJSONSchema(shape, { io: "input", unrepresentable: "any" }));
  const config = {
    plain: "a",
    list: ["b", "{{env.B}}"],
    pair: ["open", "c"],
    nested: { inner: "d" },
    map: { x: "e" },
    host: "h",
  };
  expect(withoutSecrets(config, schema, (_, at) => `<${at.join(".")}>`)).toEqual({
    plain: "<plain>",
    list: ["<list.0>", "{{env.B}}"],
    pair: ["open", "<pair.1>"],
    nested: { inner: "<nested.inner>" },
    map: { x: "<map.x>" },
    host: "h",
  });
});

test("what no schema names, or one only refers to, is judged by its name", () => {
  const config = { password: "a", api_key: 7, user: "ada", token: "", secret: null };
  const judged = { password: "*", api_key: "*", user: "ada", token: "", secret: null };
  expect(withoutSecrets(config, undefined, () => "*")).toEqual(judged);
  const refers = { properties: { password: { $ref: "#/$defs/x" } }, required: [] };
  expect(withoutSecrets({ password: "a" }, refers, () => "*")).toEqual({ password: "*" });
});
