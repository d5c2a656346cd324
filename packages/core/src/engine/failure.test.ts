import { expect, test } from "vitest";
import { ZenError } from "../error/zen-error.ts";
import { failureOf, userFrames } from "./failure.ts";

test("only the user's frames are kept", () => {
  expect(
    userFrames(
      [
        "Error: boom",
        "    at fit (file:///home/ann/project/pipeline.ts:3:9)",
        `    at runFunction (${import.meta.url.replace("failure.test.ts", "run-attempt.js")}:5:1)`,
        "    at async Promise.all (index 0)",
        "    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)",
        "    at file:///home/ann/project/node_modules/@zen/core/dist/engine/run.js:1:1",
      ].join("\n"),
    ),
  ).toMatchInlineSnapshot(`
    "at fit (file:///home/ann/project/pipeline.ts:3:9)
    at async Promise.all (index 0)"
  `);
});

test.each([
  ["an error", new TypeError("bad"), { name: "TypeError", message: "bad" }],
  ["one without a message", new RangeError(), { name: "RangeError", message: "(RangeError without a message)" }],
  ["text", "just text", { name: "thrown", message: "just text" }],
  ["an object", { code: 7 }, { name: "thrown", message: '{"code":7}' }],
  ["a zen error", new ZenError("not_storable", "no", { hint: "do" }), { name: "not_storable", message: "no", hint: "do" }],
])("%s that is thrown is recorded with its name and message", (_what, thrown, expected) => {
  const { stack: _, ...failure } = failureOf(thrown);
  expect(failure).toEqual(expected);
});

test("what can't even be turned into text doesn't break the report", () => {
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  expect(failureOf(cycle)).toEqual({ name: "thrown", message: "[object Object]" });
});

test("causes are part of the message, unless it names them already", () => {
  const refused = new Error("connect ECONNREFUSED 127.0.0.1:1");
  expect(failureOf(new TypeError("fetch failed", { cause: refused })).message).toBe(
    "fetch failed (cause: connect ECONNREFUSED 127.0.0.1:1)",
  );
  expect(failureOf(new TypeError("fetch failed", { cause: new AggregateError([refused]) })).message).toBe(
    "fetch failed (cause: connect ECONNREFUSED 127.0.0.1:1)",
  );
  expect(failureOf(new Error("a", { cause: new Error("b", { cause: new Error("c") }) })).message).toBe("a (cause: b; c)");
  expect(failureOf(new Error(`loading: ${refused.message}`, { cause: refused })).message).toBe("loading: connect ECONNREFUSED 127.0.0.1:1");
  const circular: Error = new Error("round");
  circular.cause = circular;
  expect(failureOf(circular).message).toBe("round");
});
