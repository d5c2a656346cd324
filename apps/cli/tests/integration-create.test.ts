import { expect, it } from "vitest";
import { TestProject } from "./zen.ts";

it("makes a package whose flavor is called as one of zen's own, and warns of it", () => {
  const project = new TestProject();
  const warning =
    'zen has an orchestrator flavor "local" of its own, in @zen/integration-local: who has both must write --flavor zen-integration-calm:local. Another name: --flavor=my-local';
  const create = (...args: string[]) => project.zen(["integration", "create", ...args, "--type=orchestrator", "--yes"]);
  expect(create("calm", "--flavor=local")).toEqual({
    stdout: expect.stringMatching(/^Made zen-integration-calm in /),
    stderr: `${warning}\n`,
    code: 0,
  });
  expect(create("calmer")).toMatchObject({ stderr: "", code: 0 });
  expect(project.json("integration", "create", "local", "--type=orchestrator")).toMatchObject({
    package: "zen-integration-local",
    warning: warning.replace("calm", "local"),
  });
});
