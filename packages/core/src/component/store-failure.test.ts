import { expect, test } from "vitest";
import { mayPass, storeFailure, type StoreFailure } from "./store-failure.ts";

const FAILURES = [
  "not_found",
  "exists",
  "precondition",
  "forbidden",
  "wrong_credentials",
  "no_such_bucket",
  "throttled",
  "network",
  "timeout",
  "checksum",
  "full",
  "refused",
  "unfaithful",
  "server",
] as const satisfies readonly StoreFailure[];
const request = { operation: "write", key: "run/a", store: "prod", bucket: "models", uri: "s3://models/zen/run/a" };

test("each kind of failure says operation, key, store, bucket and request, and what to do", () => {
  const reply = { word: "Word", status: 400, requestId: "7A2" };
  expect(
    FAILURES.map((failure) => {
      const { code, message, hint } = storeFailure(failure, request, reply);
      return `${code}: ${message}\n  ${hint}`;
    }),
  ).toMatchInlineSnapshot(`
    [
      "object_not_found: Can't write "run/a" in the artifact store "prod" (bucket "models"): there is no such object (Word, HTTP 400, request 7A2).
      It may have been deleted.",
      "object_exists: Can't write "run/a" in the artifact store "prod" (bucket "models"): that object is there already, and it was to be created (Word, HTTP 400, request 7A2).
      Use another key, or leave ifAbsent out to replace it.",
      "object_changed: Can't write "run/a" in the artifact store "prod" (bucket "models"): the object was replaced or deleted meanwhile (Word, HTTP 400, request 7A2).
      Read it again from its start.",
      "store_forbidden: Can't write "run/a" in the artifact store "prod" (bucket "models"): these credentials may not do that (Word, HTTP 400, request 7A2).
      Give them the permission, or use others.",
      "store_credentials: Can't write "run/a" in the artifact store "prod" (bucket "models"): the credentials aren't accepted (Word, HTTP 400, request 7A2).
      Check that the keys are right, belong to this server, and haven't expired.",
      "bucket_not_found: Can't write "run/a" in the artifact store "prod" (bucket "models"): there is no such bucket (Word, HTTP 400, request 7A2).
      Create the bucket, or give the component another --path.",
      "store_unavailable: Can't write "run/a" in the artifact store "prod" (bucket "models"): the server is asked too much at a time, and waiting didn't help (Word, HTTP 400, request 7A2).
      Lower the concurrency or wait, then try again: what a run has completed isn't done again.",
      "store_unavailable: Can't write "run/a" in the artifact store "prod" (bucket "models"): the connection failed (Word, HTTP 400, request 7A2).
      Check the endpoint and the network, then try again: what a run has completed isn't done again.",
      "store_unavailable: Can't write "run/a" in the artifact store "prod" (bucket "models"): the server didn't answer in time (Word, HTTP 400, request 7A2).
      Check the server and the network, then try again: what a run has completed isn't done again.",
      "object_corrupt: Can't write "run/a" in the artifact store "prod" (bucket "models"): the bytes don't match their checksum (Word, HTTP 400, request 7A2).
      Try again. If it stays, the object is damaged, or something between here and the server changes what passes.",
      "store_full: Can't write "run/a" in the artifact store "prod" (bucket "models"): there is no space left, or a quota is used up (Word, HTTP 400, request 7A2).
      Free some space there, or use an artifact store elsewhere.",
      "store_refused: Can't write "run/a" in the artifact store "prod" (bucket "models"): the server refused the request (Word, HTTP 400, request 7A2).
      It may not have what the component's configuration asks for: compare the two.",
      "store_unfaithful: Can't write "run/a" in the artifact store "prod" (bucket "models"): the answer isn't what was asked for (Word, HTTP 400, request 7A2).
      The server, or a cache or proxy in front of it, doesn't do what it is asked: reach the server without them, or use another one.",
      "store_unavailable: Can't write "run/a" in the artifact store "prod" (bucket "models"): the server failed (Word, HTTP 400, request 7A2).
      Look at the server's log, then try again: what a run has completed isn't done again.",
    ]
  `);
  expect(storeFailure("network", request).message).toBe(
    'Can\'t write "run/a" in the artifact store "prod" (bucket "models"): the connection failed.',
  );
});

test("what may pass is retried, what can't isn't, and the error says so to programs", () => {
  expect(FAILURES.filter(mayPass)).toEqual(["throttled", "network", "timeout", "checksum", "server"]);
  const cause = new Error("socket hang up");
  const error = storeFailure("network", request, { status: 503, requestId: "7A2", cause, hint: "Look there." });
  expect(error).toMatchObject({ hint: "Look there.", exitCode: 1, cause });
  expect(error.details).toEqual({
    failure: "network",
    retryable: true,
    operation: "write",
    key: "run/a",
    bucket: "models",
    uri: "s3://models/zen/run/a",
    status: 503,
    requestId: "7A2",
  });
});
