import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { expect, test } from "vitest";
import { BaseAlerter } from "../component/alerter.ts";
import { Stack } from "../stack/stack.ts";
import { initRepository } from "./init-repository.ts";
import { failure, Place } from "./project.fixture.ts";

test("the active stack, as the documentation reads it", async () => {
  const place = new Place();
  const repo = place.open();
  const stack = await repo.activeStack;
  expect(stack.name).toBe("default");
  expect(stack.orchestrator.name).toBe("default");
  expect(stack.artifactStore.path).toBe(join(place.config, "local_stores", stack.artifactStore.uuid));
  expect(stack.metadataStore.uri).toBe(join(stack.artifactStore.path, "zen.db"));
  expect(await repo.activeStackName).toBe("default");
  expect(await repo.activeProfileName).toBe("default");
  expect(await repo.stackConfigurations).toEqual({
    default: { orchestrator: "default", metadata_store: "default", artifact_store: "default" },
  });
  expect(repo.configDirectory).toBe(place.config);
  expect(repo.root).toBeUndefined();
  expect((await repo.activeComponent("artifact_store")).name).toBe("default");
});

test("a stack of new components is registered and activated, as the documentation does it", async () => {
  const place = new Place();
  await initRepository({ folder: place.project, env: { ZENML_CONFIG_PATH: place.config } });
  const repo = place.open();
  const stack = await place.stack("local");
  await repo.registerStack(stack);
  await repo.activateStack(stack.name);
  expect(repo.root).toBe(place.project);
  const again = place.open();
  const active = await again.activeStack;
  expect([active.name, active.artifactStore.uuid, active.artifactStore.path]).toEqual(["local", stack.artifactStore.uuid, "/data"]);
  expect((await again.stacks).map((one) => one.name)).toEqual(["default", "local"]);
  expect(readFileSync(join(place.project, ".zen/config.yaml"), "utf8")).toContain("active_stack_name: local");
  expect(readFileSync(join(place.config, "profiles/default/zen.yaml"), "utf8")).toMatch(
    /    local:\n      package: "@zen\/integration-local"\n      version: 0\.1\.0\n      contract: 1\n/,
  );
});

test("components that are stored already are taken as they are; others of that name are refused", async () => {
  const place = new Place();
  const repo = place.open();
  const { orchestrator, artifactStore, metadataStore } = await repo.activeStack;
  const { Pager, Runner } = await place.classes();
  await repo.registerStack(
    new Stack({ name: "two", orchestrator, artifactStore, metadataStore, alerter: new Pager({ name: "oncall" } as never) }),
  );
  expect((await place.open().getStack("two")).alerter?.name).toBe("oncall");
  // Made again with the same uuid, by another object.
  const same = new Runner({ name: "default", uuid: orchestrator.uuid } as never) as never;
  await place.open().registerStack(new Stack({ name: "three", orchestrator: same, artifactStore, metadataStore }));
  expect(
    await failure(
      repo.registerStack(
        new Stack({ name: "four", orchestrator: new Runner({ name: "default" } as never) as never, artifactStore, metadataStore }),
      ),
    ),
  ).toMatchInlineSnapshot(`
    "component_exists
    The profile "default" already has the orchestrator "default", with another uuid.
    Choose another name, or look at it: zen orchestrator describe default"
  `);
  expect(await failure(repo.registerStack(new Stack({ name: "two", orchestrator, artifactStore, metadataStore })))).toContain(
    'stack_exists\nThe profile "default" already has the stack "two".',
  );
});

test("a stack that can't work is not stored, nor are its components", async () => {
  const place = new Place();
  const { Pager } = await place.classes();
  const stack = await place.stack("bad", { alerter: new Pager({ name: "p", needsRegistry: true } as never) });
  expect(await failure(place.open().registerStack(stack))).toContain(
    'invalid_stack\nThe alerter "p" needs a container registry, and the stack "bad" has none.',
  );
  expect(await place.open().getStackComponents("alerter")).toEqual([]);
});

test("a literal secret is never written", async () => {
  const place = new Place();
  const { Pager } = await place.classes();
  expect(await failure(place.open().registerStackComponent(new Pager({ name: "p", apiToken: "hunter2" } as never)))).toContain(
    "literal_secret",
  );
  await place.open().registerStackComponent(new Pager({ name: "p", apiToken: "{{env.TOKEN}}" } as never));
  expect(readFileSync(join(place.config, "profiles/default/alerters/p.yaml"), "utf8")).toMatch(
    /^api_token: "\{\{env\.TOKEN\}\}"\nname: p\nuuid: /,
  );
});

test("components are registered from text, read back typed, and deregistered when no stack uses them", async () => {
  const place = new Place();
  const repo = place.open();
  await repo.registerFromText({
    type: "artifact_store",
    name: "disk",
    flavor: "@zen/integration-local:files",
    config: { path: "/big", max_parts: "3" },
  });
  const disk = await repo.getStackComponent("artifact_store", "disk");
  expect(disk.config).toEqual({ path: "/big", maxParts: 3 });
  expect(readFileSync(join(place.config, "profiles/default/stacks.yaml"), "utf8")).toContain("disk: files\n");
  await repo.registerStackOf("big", { orchestrator: "default", metadata_store: "default", artifact_store: "disk" });
  expect(await failure(repo.deregisterStackComponent("artifact_store", "disk"))).toContain(
    'component_in_use\nThe artifact store "disk" is part of the stack "big".',
  );
  await repo.deregisterStack("big");
  await repo.deregisterStackComponent("artifact_store", "disk");
  expect((await repo.getStackComponents("artifact_store")).map((one) => one.name)).toEqual(["default"]);
});

test("what is typed wrong is named, and nothing is stored", async () => {
  const place = new Place();
  const repo = place.open();
  const register = (flavor: string, config: Record<string, string>, name = "x"): Promise<string> =>
    failure(repo.registerFromText({ type: "artifact_store", name, flavor, config }));
  expect(await register("locl", { path: "/x" })).toContain(
    'There is no artifact store flavor "locl" among the installed packages. Did you mean "local"?',
  );
  expect(await register("local", { pth: "/x" })).toContain('The artifact store flavor "local" has no option "pth". Did you mean "path"?');
  expect(await register("local", {})).toContain('The artifact store "x" (flavor local) can\'t be made: "path" is missing.');
  expect(await register("local", { path: "/x", max_parts: "many" })).toContain(
    '"max_parts" of the artifact store flavor "local" should be a number, and "many" is not.',
  );
  expect(await register("local", { path: "/x" }, "a/b")).toContain(
    '"a/b" can\'t be the name of a new artifact store: it contains a path separator.',
  );
  expect(
    await failure(repo.registerStackOf("s", { orchestrator: "default", metadata_store: "default", artifact_store: "nope" })),
  ).toContain('There is no artifact store "nope" in the profile "default".');
  expect(await failure(repo.registerStackOf("s", { orchestrator: "default", artifact_store: "default" }))).toContain(
    'The stack "s" has no metadata store.',
  );
  expect(Object.keys(await repo.stackConfigurations)).toEqual(["default"]);
});

test("the active stack can't be deregistered, in the profile or here", async () => {
  const place = new Place();
  await initRepository({ folder: place.project, env: { ZENML_CONFIG_PATH: place.config } });
  const repo = place.open();
  await repo.registerStack(await place.stack("local"));
  await repo.activateStack("local");
  expect(await failure(repo.deregisterStack("local"))).toMatchInlineSnapshot(`
    "stack_active
    Stack 'local' cannot be deleted while it is active.
    Choose another active stack first: zen stack set NAME"
  `);
  expect(await failure(repo.deregisterStack("default"))).toMatchInlineSnapshot(`
    "stack_active
    Stack 'default' cannot be deleted while it is the active stack of the profile "default".
    Choose another active stack first: zen stack set --global NAME"
  `);
  expect(await failure(repo.deregisterStack("locl"))).toContain('There is no stack "locl" in the profile "default". Did you mean "local"?');
});

test("with core alone the error says what to install", async () => {
  const place = new Place({ flavors: false });
  expect(await failure(place.open().activeStack)).toMatchInlineSnapshot(`
    "flavor_not_found
    The orchestrator "default" has the flavor "local" of the package @zen/integration-local, which is not installed here.
    Install it: npm install @zen/integration-local (or @zen/cli, which brings it)"
  `);
  expect(await place.open().activeStackName).toBe("default");
});

test("a class that no installed package has can't be registered, also under a name that one has", async () => {
  const place = new Place();
  class MyAlerter extends BaseAlerter {
    static override readonly FLAVOR: string = "mine";
    static override readonly configSchema = BaseAlerter.configSchema.extend({ x: z.string().optional() });
  }
  expect(await failure(place.open().registerStackComponent(new MyAlerter({ name: "m" })))).toMatchInlineSnapshot(`
    "flavor_not_installed
    The class MyAlerter (alerter flavor "mine") comes from none of the installed flavor packages, so no other program could find it again.
    Register the class: zen alerter flavor register FILE#MyAlerter. Or put it into a package that has a "zen" manifest in its package.json, and add that to your project's dependencies."
  `);
  class Impostor extends MyAlerter {
    static override readonly FLAVOR = "pager";
  }
  expect(await failure(place.open().registerStackComponent(new Impostor({ name: "m" })))).toContain(
    'the flavor "pager" of @zen/integration-local is another class',
  );
});

test("what ZenML wrote beyond a class's fields, and its nulls, are left out", async () => {
  const place = new Place();
  await place.open().activeStackName;
  const profile = join(place.config, "profiles/default");
  const file = join(profile, "metadata_stores/default.yaml");
  const text = `${readFileSync(file, "utf8")}upgrade_migration_enabled: true\n`;
  writeFileSync(file, text);
  expect(await failure(place.open().activeStack)).toContain('has no field "upgradeMigrationEnabled"');
  rmSync(join(profile, "zen.yaml"));
  writeFileSync(
    join(profile, "artifact_stores/default.yaml"),
    "max_parts: null\nname: default\npath: /x\nuuid: 1e39dd60-0d79-4653-924e-6fed0e1d638c\n",
  );
  expect((await place.open().activeStack).artifactStore.path).toBe("/x");
  expect(readFileSync(file, "utf8")).toBe(text);
});

test("an active stack without a component of a type says so", async () => {
  expect(await failure(new Place().open().activeComponent("alerter"))).toContain(
    "no_active_component\nNo alerter in active stack ('default').",
  );
});
