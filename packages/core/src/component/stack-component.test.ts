import { inspect } from "node:util";
import { expect, test } from "vitest";
import * as z from "zod";
import { ZenError } from "../error/zen-error.ts";
import { BaseAlerter } from "./alerter.ts";
import { BaseArtifactStore } from "./artifact-store.ts";
import { secretField } from "./secret-field.ts";
import { assertFlavorClass, isComponent, type FlavorClass } from "./stack-component.ts";

class Pager extends BaseAlerter<typeof Pager.configSchema> {
  static override readonly FLAVOR = "pager";
  static override readonly configSchema = BaseAlerter.configSchema.extend({
    channel: z.string(),
    apiToken: secretField().optional(),
    retries: z.int().min(0).default(3),
    auth: z.object({ user: z.string(), keys: z.array(secretField()) }).optional(),
    _cache: z.string().optional(),
  });
}

/** Message and hint, as a person reads them. */
function said(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    const { code, message, hint } = error as ZenError;
    return [code, message, hint].join("\n");
  }
  return "accepted";
}

test("a component checks its configuration at once, types it and freezes it", () => {
  const pager = new Pager({ name: "night", channel: "#ml" });
  expect(pager.config).toEqual({ channel: "#ml", retries: 3 });
  expect(pager).toMatchObject({ name: "night", type: "alerter", flavor: "pager", uuid: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  expect(isComponent(pager)).toBe(true);
  expect(() => Object.assign(pager.config, { channel: "#other" })).toThrow(TypeError);
  expect(() => Object.assign(pager, { name: "other" })).toThrow(TypeError);
});

test("what is wrong with a configuration is said with the field, and what the fields are", () => {
  expect(said(() => new Pager({ name: "night", channel: "#ml", retries: -1 }))).toMatchInlineSnapshot(`
    "bad_config
    The alerter "night" (flavor pager) can't be made: "retries": Too small: expected number to be >=0.
    Its fields are: channel, apiToken, retries, auth, _cache."
  `);
  expect(said(() => new Pager({ name: "night", chanel: "#ml" } as never))).toMatchInlineSnapshot(`
    "bad_config
    The alerter "night" (flavor pager) has no field "chanel". Did you mean "channel"?
    Its fields are: channel, apiToken, retries, auth, _cache."
  `);
  expect(said(() => new Pager({ name: "night" } as never))).toContain(`"channel" is missing`);
  for (const nothing of [undefined, {}, { name: "" }]) {
    expect(said(() => new Pager(nothing as never))).toBe(
      `bad_component_name\nA component needs a name, and this alerter has none: new Pager({ name: "…" }).\n`,
    );
  }
});

test("what is stored has file spelling, references instead of secrets, and nothing that is private", () => {
  const pager = new Pager({
    name: "night",
    uuid: "u",
    channel: "#ml",
    apiToken: "{{env.PAGER}}",
    auth: { user: "ada", keys: ["{{ env.KEY }}"] },
    _cache: "x",
  });
  expect(pager.toStored()).toEqual({
    channel: "#ml",
    api_token: "{{env.PAGER}}",
    retries: 3,
    auth: { user: "ada", keys: ["{{ env.KEY }}"] },
    name: "night",
    uuid: "u",
  });
});

test("a secret that was given literally is never written, at any depth", () => {
  expect(said(() => new Pager({ name: "night", channel: "#ml", apiToken: "t0ken" }).toStored())).toMatchInlineSnapshot(`
    "literal_secret
    "apiToken" of the alerter "night" is a secret, and zen does not write secrets into files.
    Put it into the environment (export API_TOKEN=…) and refer to it: --api_token='{{env.API_TOKEN}}'"
  `);
  expect(said(() => new Pager({ name: "night", channel: "#ml", auth: { user: "ada", keys: ["{{env.A}}", "k3y"] } }).toStored()))
    .toMatchInlineSnapshot(`
    "literal_secret
    "auth.keys.1" of the alerter "night" is a secret, and zen does not write secrets into files.
    Put it into the environment (export AUTH_KEYS_1=…) and refer to it: {{env.AUTH_KEYS_1}} in its place"
  `);
});

test("a secret shows itself nowhere, and is resolved when it is used", async () => {
  const pager = new Pager({ name: "night", channel: "#ml", apiToken: "t0ken", auth: { user: "ada", keys: ["k3y"] } });
  for (const shown of [inspect(pager, { depth: 9 }), JSON.stringify(pager), String(pager.config.apiToken), String(pager)])
    expect(shown).not.toMatch(/t0ken|k3y/);
  await expect(pager.config.apiToken!.resolve()).resolves.toBe("t0ken");

  const referring = (reference: string) => new Pager({ name: "night", channel: "#ml", apiToken: reference }).config.apiToken!;
  process.env["ZEN_TEST_PAGER"] = "from the environment";
  await expect(referring("{{env.ZEN_TEST_PAGER}}").resolve()).resolves.toBe("from the environment");
  delete process.env["ZEN_TEST_PAGER"];
  await expect(referring("{{env.ZEN_TEST_PAGER}}").resolve()).rejects.toMatchObject({
    code: "secret_not_set",
    hint: "Set it before you start zen: export ZEN_TEST_PAGER=…",
  });
  await expect(referring("{{pager.token}}").resolve()).rejects.toMatchObject({ code: "no_secrets_manager" });
});

test.each([
  ["TYPE", class extends (Object as unknown as typeof BaseAlerter) {}],
  ["FLAVOR", class extends BaseAlerter {}],
  [
    "SUPPORTED_SCHEMES, of an artifact store,",
    class extends (BaseArtifactStore as unknown as { new (): object }) {
      static readonly TYPE = "artifact_store";
      static readonly FLAVOR = "x";
      static readonly configSchema = BaseArtifactStore.configSchema;
    },
  ],
  [
    "a field that every component has already",
    class extends BaseAlerter {
      static override readonly FLAVOR = "x";
      static override readonly configSchema = z.object({ uuid: z.string() });
    },
  ],
  [
    "a field that doesn't survive its spelling",
    class extends BaseAlerter {
      static override readonly FLAVOR = "x";
      static override readonly configSchema = z.object({ key_id: z.string() });
    },
  ],
])("a class with or without %s is no flavor, and is told how to be one", (_what, flavorClass) => {
  expect(() => assertFlavorClass(flavorClass as unknown as FlavorClass)).toThrow(
    expect.objectContaining({ code: "bad_flavor", hint: expect.any(String) as string }) as ZenError,
  );
});

test("the path of an artifact store must be one that its flavor can use", () => {
  class Bucket extends (BaseArtifactStore as unknown as abstract new (options: { name: string; path: string }) => object) {
    static readonly TYPE = "artifact_store";
    static readonly CONTRACT = 1;
    static readonly FLAVOR = "bucket";
    static readonly SUPPORTED_SCHEMES = ["bucket://"];
    static readonly configSchema = BaseArtifactStore.configSchema;
  }
  expect(said(() => new Bucket({ name: "b", path: "bucket://here" }))).toBe("accepted");
  expect(said(() => new Bucket({ name: "b", path: "/here" }))).toMatchInlineSnapshot(`
    "bad_config
    The artifact store "b" (flavor bucket) can't use the path "/here": it takes bucket://….
    Write --path=bucket://…"
  `);
});
