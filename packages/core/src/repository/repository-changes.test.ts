import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, expectTypeOf, test } from "vitest";
import { failure, Place } from "./project.fixture.ts";
import { Repository } from "./repository.ts";

test("a repository is made and found by the statics", async () => {
  const place = new Place();
  expect(Repository.isRepositoryDirectory(place.project)).toBe(false);
  expect(Repository.findRepository(place.project)).toBeUndefined();
  const before = process.env["ZENML_CONFIG_PATH"];
  process.env["ZENML_CONFIG_PATH"] = place.config;
  try {
    await Repository.initialize(place.project);
    expect(await failure(Repository.initialize(place.project))).toContain("repository_exists\n");
  } finally {
    if (before === undefined) delete process.env["ZENML_CONFIG_PATH"];
    else process.env["ZENML_CONFIG_PATH"] = before;
  }
  expect(Repository.isRepositoryDirectory(place.project)).toBe(true);
  expect(Repository.findRepository(join(place.project, "node_modules"))).toBe(place.project);
  const repo = new Repository({ folder: place.root, env: { ZENML_CONFIG_PATH: place.config } });
  expect(repo.root).toBeUndefined();
  repo.activateRoot(place.project);
  expect(repo.root).toBe(place.project);
  expect(() => repo.activateRoot(place.root)).toThrow("that is not a zen repository");
  expect(repo.configDirectory).toBe(place.config);
});

test("profiles are listed and activated", async () => {
  const place = new Place();
  const repo = place.open();
  expect(await repo.profiles).toEqual([
    {
      name: "default",
      storeType: "local",
      storeUrl: `file://${place.config}/profiles/default`,
      activeStack: "default",
      activeUser: "default",
    },
  ]);
  expect((await repo.activeProfile).name).toBe("default");
  expect(await repo.activeUserName).toBe("default");
  expect(await failure(repo.activateProfile("nope"))).toContain("profile_not_found\nProfile 'nope' does not exist.");
  expect((await (await repo.store).listStacks()).map(({ name }) => name)).toEqual(["default"]);
});

test("a stack is replaced, under a new name too, and stays the active one", async () => {
  const place = new Place();
  const repo = place.open();
  await repo.registerStack(await place.stack("one"));
  await repo.activateStack("one");
  await repo.updateStack("one", await place.stack("two"));
  expect(await repo.activeStackName).toBe("two");
  expect(await repo.stackConfigurations).toMatchObject({ two: { artifact_store: "two", orchestrator: "two" } });
  expect((await repo.getStackComponents("artifact_store")).map(({ name }) => name)).toEqual(["default", "one", "two"]);
  expect(await failure(repo.updateStack("none", await place.stack("three")))).toContain("stack_not_found\n");
  expect(await failure(repo.updateStack("two", await place.stack("default")))).toContain("stack_exists\n");
  expect(Object.keys(await repo.stackConfigurations)).toEqual(["default", "two"]);
});

test("a stack is edited by names, and its components are asked", async () => {
  const place = new Place();
  const repo = place.open();
  const { Pager } = await place.classes();
  await repo.registerStackComponent(new Pager({ name: "pager" } as never));
  await repo.registerStack(await place.stack("quiet"));
  expect(await failure(repo.editStack("quiet", { set: { alerter: "pager" } }))).toContain(
    'invalid_stack\nThe alerter "pager" can\'t work in the stack "quiet": it is quiet there',
  );
  await repo.editStack("default", { set: { alerter: "pager", artifact_store: "quiet" } });
  expect((await repo.stackConfigurations)["default"]).toMatchObject({ alerter: "pager", artifact_store: "quiet" });
  await repo.editStack("default", { remove: ["alerter"] });
  expect((await repo.stackConfigurations)["default"]).not.toHaveProperty("alerter");
  expect(await failure(repo.editStack("default", { remove: ["alerter"] }))).toContain('The stack "default" has no alerter.');
  expect(await failure(repo.editStack("default", { remove: ["orchestrator"] }))).toMatchInlineSnapshot(`
    "component_required
    A stack can't be without its orchestrator.
    Give it another one instead: zen stack update"
  `);
});

test("a component is replaced: its uuid stays, its name may change, also in stacks", async () => {
  const place = new Place();
  const repo = place.open();
  const { Files } = await place.classes();
  await repo.registerStack(await place.stack("one"));
  const { uuid } = await repo.getStackComponent("artifact_store", "one");
  await repo.updateStackComponent("one", "artifact_store", new Files({ name: "disk", path: "/disk", region: "us" } as never));
  const stored = await repo.getStackComponent("artifact_store", "disk");
  expect([stored.uuid, stored.config]).toEqual([uuid, { path: "/disk", region: "us" }]);
  expect((await repo.stackConfigurations)["one"]).toMatchObject({ artifact_store: "disk" });
  expect(await failure(repo.updateStackComponent("one", "artifact_store", new Files({ name: "x", path: "/x" } as never)))).toContain(
    "component_not_found\n",
  );
});

test("settings are edited as typed; what wasn't named stays as it is stored", async () => {
  const place = new Place();
  const repo = place.open();
  await repo.registerStack(await place.stack("one"));
  const file = join(place.config, "profiles/default/artifact_stores/one.yaml");
  const at = { type: "artifact_store", name: "one" } as const;
  await repo.editComponent(at, { set: { max_parts: "3", region: "us" } });
  expect(readFileSync(file, "utf8")).toMatch(/^max_parts: 3\nname: one\npath: \/data\nregion: us\nuuid: .*\n$/);
  await repo.editComponent(at, { remove: ["region", "max-parts"] });
  expect((await repo.getStackComponent("artifact_store", "one")).config).toEqual({ path: "/data" });
  const before = readFileSync(file, "utf8");
  expect(await failure(repo.editComponent(at, { set: { max_parts: "many" } }))).toContain(
    'bad_config\n"max_parts" of the artifact store "one" (flavor local) should be a number, and "many" is not.',
  );
  expect(await failure(repo.editComponent(at, { set: { token: "hunter2" } }))).toMatchInlineSnapshot(`
    "literal_secret
    "token" of the artifact store "one" is a secret, and zen does not write secrets into files.
    Put it into the environment (export TOKEN=…) and refer to it: --token='{{env.TOKEN}}'"
  `);
  expect(await failure(repo.editComponent(at, { remove: ["path"] }))).toContain("mandatory_property\n");
  expect(readFileSync(file, "utf8")).toBe(before);
  await repo.editComponent(at, { set: { token: "{{env.TOKEN}}" } });
  expect(readFileSync(file, "utf8")).toContain('token: "{{env.TOKEN}}"\n');
});

test("what ZenML wrote of a component, and zen doesn't know, survives an edit, with a secret that is in clear", async () => {
  const place = new Place();
  const repo = place.open();
  await repo.activeStackName;
  const profile = join(place.config, "profiles/default");
  const file = join(profile, "artifact_stores/default.yaml");
  rmSync(join(profile, "zen.yaml"));
  writeFileSync(file, "# theirs\nkwargs: {a: 1.0, b: 0o17}\nmax: null\nname: default\npath: /x\ntoken: hunter2\nuuid: 1e39dd60\n");
  await repo.editComponent({ type: "artifact_store", name: "default" }, { set: { path: "/y" } });
  expect(readFileSync(file, "utf8")).toBe(
    "# theirs\nkwargs: {a: 1.0, b: 0o17}\nmax: null\nname: default\npath: /y\ntoken: hunter2\nuuid: 1e39dd60\n",
  );
});

test("flavors are found by name", async () => {
  const place = new Place();
  const { Files } = await place.classes();
  expect(await place.open().getFlavor("local", "artifact_store")).toBe(Files);
  expect(await failure(place.open().getFlavor("locla", "artifact_store"))).toContain('Did you mean "local"?');
  expectTypeOf<Repository["getPipeline"]>().returns.resolves.toExtend<{ name: string; runs: number } | undefined>();
});

test("a project is one that the profile has, and a repository's", async () => {
  const place = new Place();
  const repo = place.open();
  await repo.activeStackName;
  expect(await repo.activeProject).toBeUndefined();
  expect(await failure(repo.setActiveProject("churn"))).toContain("no_repository\n");
  mkdirSync(join(place.project, ".zen"));
  const stacks = join(place.config, "profiles/default/stacks.yaml");
  writeFileSync(stacks, `${readFileSync(stacks, "utf8")}projects:\n- id: 9ad42b8d\n  name: churn\n  description: who leaves\n`);
  expect(await failure(repo.setActiveProject("chrun"))).toContain('Did you mean "churn"?');
  await repo.setActiveProject("churn");
  expect(await repo.activeProject).toEqual({ id: "9ad42b8d", name: "churn", description: "who leaves" });
  const local = join(place.project, ".zen/config.yaml");
  expect(readFileSync(local, "utf8")).toBe("project_id: 9ad42b8d\nproject_name: churn\n");
  writeFileSync(local, "project_id: other\nproject_name: churn\n");
  expect(await repo.activeProject).toBeUndefined();
  expect(place.notices.at(-1)).toBe(`${local} names the project "churn", and the profile "default" has another project of that name.`);
  await repo.setActiveProject();
  expect(await repo.activeProject).toBeUndefined();
});
