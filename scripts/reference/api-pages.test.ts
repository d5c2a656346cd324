import { expect, test } from "vitest";
import { apiPages, undocumented } from "./api-pages.ts";
import type { ApiEntry } from "./declarations.ts";
import { parseDocComment } from "./doc-comment.ts";

function entry(kind: ApiEntry["kind"], name: string, comment: string, refersTo: readonly string[] = []): ApiEntry {
  const typeOnly = kind === "type" || kind === "interface";
  return { kind, name, doc: parseDocComment(comment), signature: `${kind} ${name};`, refersTo: new Set(refersTo), typeOnly };
}

const packages = {
  "@zen/core": {
    doc: parseDocComment("The core."),
    sections: [
      {
        title: "Authoring",
        entries: [
          entry("interface", "Step", "What {@link step} makes. It is called."),
          entry("function", "step", "Makes a step.\n@param name letters\n@returns a step\n@throws ZenError `bad_name`\n@example step(1)", [
            "Step",
            "Stack",
            "Hidden",
          ]),
        ],
      },
      { title: "Stacks", entries: [entry("class", "Stack", "One component per type: see {@link Hidden.name}.\n@experimental Soon.")] },
    ],
  },
  "@zen/other": { doc: parseDocComment("Another."), sections: [{ title: "", entries: [entry("const", "x", "", ["Step", "x"])] }] },
};

test("the index lists every name with its first sentence, what a program uses first", () => {
  expect(apiPages(packages).get("api.md")).toBe(`# API reference

What programs import, generated from the code.

## @zen/core

The core.

### [Authoring](api/authoring.md)

| name |  |
| - | - |
| [\`step\`](api/authoring.md#function-step) | Makes a step. |
| [\`Step\`](api/authoring.md#interface-step) | What [\`step\`](api/authoring.md#function-step) makes. |

### [Stacks](api/stacks.md)

| name |  |
| - | - |
| [\`Stack\`](api/stacks.md#class-stack) | One component per type: see \`Hidden.name\`. |

## @zen/other

Another.

### [@zen/other](api/other.md)

| name |  |
| - | - |
| [\`x\`](api/other.md#const-x) |  |`);
});

test("a page has each name with its signature, its tags, its examples, and links to the types it refers to", () => {
  const pages = apiPages(packages);
  expect([...pages.keys()]).toEqual(["api.md", "api/authoring.md", "api/stacks.md", "api/other.md"]);
  expect(pages.get("api/authoring.md")).toBe(`# Authoring

From \`@zen/core\`. [All names](../api.md)

## function step

Makes a step.

\`\`\`ts
function step;
\`\`\`

- \`name\`: letters
- Returns a step
- Throws ZenError \`bad_name\`

Example:
\`\`\`ts
step(1)
\`\`\`

Refers to [\`Stack\`](stacks.md#class-stack), [\`Step\`](#interface-step).

## interface Step

What [\`step\`](#function-step) makes. It is called.

\`\`\`ts
interface Step;
\`\`\``);
  expect(pages.get("api/stacks.md")).toContain("- Experimental. Soon.");
});

test("names what has no docstring", () => {
  expect(undocumented(packages)).toEqual(["x of @zen/other"]);
});
