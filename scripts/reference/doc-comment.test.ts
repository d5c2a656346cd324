import { expect, test } from "vitest";
import { parseDocComment } from "./doc-comment.ts";

/** What stands between the delimiters. */
function between(comment: string): string {
  return comment.replace(/^\/\*|\*\/$/g, "");
}

test("joins the lines of a paragraph, and keeps paragraphs and lists apart", () => {
  const comment = `/**
   * Keeps the artifacts of pipelines:
   * objects of bytes.
   *
   * It promises:
   * - **atomic**: a reader sees the whole object
   *   or none;
   * - errors are ZenErrors.
   */`;
  expect(parseDocComment(between(comment))).toEqual({
    description:
      "Keeps the artifacts of pipelines: objects of bytes.\n\nIt promises:\n- **atomic**: a reader sees the whole object or none;\n- errors are ZenErrors.",
    tags: [],
  });
});

test("reads tags, also at the end of a line", () => {
  expect(parseDocComment(between("/** Entries per page. @default 1,000 */"))).toEqual({
    description: "Entries per page.",
    tags: [{ name: "default", text: "1,000" }],
  });
  const comment = `/**
   * Opens an object.
   *
   * @param key where it is,
   *   relative to the store
   * @throws ZenError \`object_not_found\`
   */`;
  expect(parseDocComment(between(comment)).tags).toEqual([
    { name: "param", text: "key where it is, relative to the store" },
    { name: "throws", text: "ZenError `object_not_found`" },
  ]);
});

test("keeps the lines of an example", () => {
  const comment = `/**
   * Makes a stack.
   *
   * @example
   * const stack = new Stack({
   *   name: "local",
   * });
   */`;
  expect(parseDocComment(between(comment)).tags).toEqual([{ name: "example", text: 'const stack = new Stack({\n  name: "local",\n});' }]);
  expect(parseDocComment(between("/** @example call({ key }) */")).tags).toEqual([{ name: "example", text: "call({ key })" }]);
});

test("the name of a package is no tag", () => {
  const { description, tags } = parseDocComment(between('/** Add to it: `declare module "@zen/core"`, see @zen/core. */'));
  expect({ description, tags }).toEqual({ description: 'Add to it: `declare module "@zen/core"`, see @zen/core.', tags: [] });
});
