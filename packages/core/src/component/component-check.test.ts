import { expect, test } from "vitest";
import { ZenError } from "../error/zen-error.ts";
import { ComponentCheck } from "./component-check.ts";

const refuse = async (): Promise<never> => {
  throw new ZenError("store_forbidden", "No.", { hint: "Ask." });
};

test("a failure is noted with what to do, and with the right that is missing, and stops nothing", async () => {
  const told: string[] = [];
  const check = new ComponentCheck({
    onStart: (action) => told.push(`${action}…`),
    onStep: ({ action, status }) => told.push(`${action} ${status}`),
  });
  expect(await check.attempt("log in", async () => "token")).toBe(true);
  expect(await check.attempt("write", refuse, { permission: "s3:PutObject" })).toBe(false);
  expect(await check.attempt("read", () => Promise.reject(new TypeError("fetch failed", { cause: new Error("no route") })))).toBe(false);
  // A right that isn't what is missing is not named.
  const full = (): Promise<never> => Promise.reject(new ZenError("store_full", "Full."));
  expect(await check.attempt("copy", full, { permission: "s3:CopyObject" })).toBe(false);
  check.skip("delete", "Nothing was written.");
  expect(check.steps).toEqual([
    { action: "log in", status: "ok" },
    { action: "write", status: "failed", message: "No.", hint: "Ask.", code: "store_forbidden", missingPermission: "s3:PutObject" },
    { action: "read", status: "failed", message: "fetch failed (cause: no route)" },
    { action: "copy", status: "failed", message: "Full.", code: "store_full" },
    { action: "delete", status: "skipped", message: "Nothing was written." },
  ]);
  expect(told).toEqual([
    "log in…",
    "log in ok",
    "write…",
    "write failed",
    "read…",
    "read failed",
    "copy…",
    "copy failed",
    "delete skipped",
  ]);
});

test("what is aborted is not noted as a failure, and ends the check", async () => {
  const abort = new AbortController();
  const check = new ComponentCheck({ signal: abort.signal });
  const reason = new Error("stopped");
  const work = async (): Promise<never> => {
    abort.abort(reason);
    throw new Error("the request was aborted");
  };
  await expect(check.attempt("write", work)).rejects.toBe(reason);
  await expect(check.attempt("read", async () => {})).rejects.toBe(reason);
  expect(check.steps).toEqual([]);
});
