import { describe, expect, it } from "vitest";
import { renderTable } from "./table.ts";

const profiles = {
  columns: ["ACTIVE", "PROFILE NAME", "STORE TYPE", "URL", "ACTIVE STACK"],
  rows: [
    ["👉", "default", "local", "file:///home/stefan/.config/zenml/profiles/default", "default"],
    ["", "zenml", "local", "file:///home/stefan/.config/zenml/profiles/zenml", "custom"],
  ],
};

describe("renderTable", () => {
  it("draws the documentation's table of an 80 column terminal", async () => {
    expect(await renderTable(profiles, 79)).toBe(`\
┏━━━━━━━━┯━━━━━━━━━━━━━━┯━━━━━━━━━━━━┯━━━━━━━━━━━━━━━━━━━━━━━━━┯━━━━━━━━━━━━━━┓
┃ ACTIVE │ PROFILE NAME │ STORE TYPE │ URL                     │ ACTIVE STACK ┃
┠────────┼──────────────┼────────────┼─────────────────────────┼──────────────┨
┃   👉   │ default      │ local      │ file:///home/stefan/.c… │ default      ┃
┃        │ zenml        │ local      │ file:///home/stefan/.c… │ custom       ┃
┗━━━━━━━━┷━━━━━━━━━━━━━━┷━━━━━━━━━━━━┷━━━━━━━━━━━━━━━━━━━━━━━━━┷━━━━━━━━━━━━━━┛
`);
  });

  it("cuts nothing where there is no terminal", async () => {
    expect(await renderTable(profiles)).toContain("file:///home/stefan/.config/zenml/profiles/default");
  });

  it("cuts headers as well as cells", async () => {
    const table = await renderTable(
      { columns: ["NAME", "CONTAINER_REGISTRY"], rows: [["local_kubeflow_stack", "local_registry_of_mine"]] },
      40,
    );
    expect(table).toBe(`\
┏━━━━━━━━━━━━━━━━━━━┯━━━━━━━━━━━━━━━━━━┓
┃ NAME              │ CONTAINER_REGIS… ┃
┠───────────────────┼──────────────────┨
┃ local_kubeflow_s… │ local_registry_… ┃
┗━━━━━━━━━━━━━━━━━━━┷━━━━━━━━━━━━━━━━━━┛
`);
  });

  it("draws the documentation's description, with its title", async () => {
    const table = await renderTable(
      {
        title: "'legacy-repository-b8133fe0' Profile Configuration (ACTIVE)",
        columns: ["PROPERTY", "VALUE"],
        rows: [
          ["NAME", "legacy-repository-b8133fe0"],
          ["ACTIVE_STACK", "local_stack"],
        ],
        description: true,
      },
      80,
    );
    expect(table).toBe(`\
    'legacy-repository-b8133fe0' Profile
           Configuration (ACTIVE)
┏━━━━━━━━━━━━━━┯━━━━━━━━━━━━━━━━━━━━━━━━━━━━┓
┃ PROPERTY     │ VALUE                      ┃
┠──────────────┼────────────────────────────┨
┃ NAME         │ legacy-repository-b8133fe0 ┃
┠──────────────┼────────────────────────────┨
┃ ACTIVE_STACK │ local_stack                ┃
┗━━━━━━━━━━━━━━┷━━━━━━━━━━━━━━━━━━━━━━━━━━━━┛
`);
  });

  it("folds long values of a description, so that nothing is lost", async () => {
    const table = await renderTable(
      {
        columns: ["PROPERTY", "VALUE"],
        rows: [
          ["PATH", "/a/very/long/path/to/somewhere"],
          ["NOTE", "one\ntwo"],
        ],
        description: true,
      },
      30,
    );
    expect(table).toBe(`\
┏━━━━━━━━━━┯━━━━━━━━━━━━━━━━━┓
┃ PROPERTY │ VALUE           ┃
┠──────────┼─────────────────┨
┃ PATH     │ /a/very/long/pa ┃
┃          │ th/to/somewhere ┃
┠──────────┼─────────────────┨
┃ NOTE     │ one             ┃
┃          │ two             ┃
┗━━━━━━━━━━┷━━━━━━━━━━━━━━━━━┛
`);
  });

  it("leaves out optional columns before it cuts others", async () => {
    const table = {
      columns: ["NAME", "STATUS", "STACK", "ID"],
      rows: [["training-20261123", "completed", "default", "0192d3f0-0000"]],
      optional: 2,
    };
    expect(await renderTable(table, 46)).toBe(`\
┏━━━━━━━━━━━━━━━━━━━┯━━━━━━━━━━━┯━━━━━━━━━┓
┃ NAME              │ STATUS    │ STACK   ┃
┠───────────────────┼───────────┼─────────┨
┃ training-20261123 │ completed │ default ┃
┗━━━━━━━━━━━━━━━━━━━┷━━━━━━━━━━━┷━━━━━━━━━┛
`);
    expect(await renderTable(table)).toContain("0192d3f0-0000");
  });

  it("knows wide characters", async () => {
    expect(await renderTable({ columns: ["NAME"], rows: [["データ"], ["a"]] })).toBe(`\
┏━━━━━━━━┓
┃ NAME   ┃
┠────────┨
┃ データ ┃
┃ a      ┃
┗━━━━━━━━┛
`);
    expect(await renderTable({ columns: ["N"], rows: [["データデータ"]] }, 12)).toContain("┃ データ…  ┃");
  });

  it("spells out control characters: a name can't steer the terminal", async () => {
    const table = await renderTable({ columns: ["NAME"], rows: [["a\u001b[2Jb\nc"]] });
    expect(table).toContain("┃ a\\u001b[2Jb\\nc ┃");
  });
});
