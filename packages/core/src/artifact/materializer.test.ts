import { describe, expect, expectTypeOf, it } from "vitest";
import * as z from "zod";
import type { FileRef, Materializer, OutputFile } from "../pipeline/types.ts";
import { AUTO, bytes, file, isMaterializer, json, text } from "./materializer.ts";

describe("materializers", () => {
  it("say what they are, to any copy of core", () => {
    expect([json(), text(), bytes(), file()].map(({ name }) => name)).toEqual(["auto", "text", "bytes", "file"]);
    expect([AUTO, text(), structuredClone(file())].every(isMaterializer)).toBe(true);
    expect([undefined, null, "json", {}, { name: "auto" }, json].some(isMaterializer)).toBe(false);
  });

  it("have the types of what is written and what is read", () => {
    expectTypeOf(json<{ a: number }[]>()).toEqualTypeOf<Materializer<{ a: number }[]>>();
    expectTypeOf(json(z.object({ rate: z.coerce.number() }))).toEqualTypeOf<Materializer<{ rate: number }>>();
    expectTypeOf(text()).toEqualTypeOf<Materializer<string>>();
    expectTypeOf(bytes()).toEqualTypeOf<Materializer<Uint8Array>>();
    expectTypeOf(file()).toEqualTypeOf<Materializer<FileRef, FileRef | OutputFile | string | ReadableStream<Uint8Array> | Uint8Array>>();
  });

  it("json() refuses what is no schema", () => {
    expect(() => json({ type: "object" } as never)).toThrowErrorMatchingInlineSnapshot(
      `[ZenError: json(…) was given something that is not a schema.]`,
    );
  });
});
