import { ZenError } from "../error/zen-error.ts";

/** What kind of failure a store on a server reported, whatever its SDK calls it. Flavors map their SDK's errors to one of these. */
export type StoreFailure =
  /** The object isn't there. */
  | "not_found"
  /** The object is there, and was to be created. */
  | "exists"
  /** The object isn't any more what an earlier answer said. */
  | "precondition"
  /** The server knows who asks, and they may not. */
  | "forbidden"
  /** The server doesn't know who asks, or no longer; or there are no credentials to send. */
  | "wrong_credentials"
  | "no_such_bucket"
  /** Too many requests at a time. */
  | "throttled"
  /** No connection, or a broken one. */
  | "network"
  /** No answer in time. */
  | "timeout"
  /** Other bytes arrived than were sent. */
  | "checksum"
  /** No space or quota left. */
  | "full"
  /** The server can't do what it was asked for, and won't the next time: an option that it doesn't know, say. */
  | "refused"
  /** The server, or something before it, answers something else than it was asked: see `otherBytes`. */
  | "unfaithful"
  /** The server failed. */
  | "server";

/** What an artifact store asked a server for. */
export interface StoreRequest {
  /** A verb: `write`, `read`. */
  readonly operation: string;
  /** The key, or the prefix of a listing. */
  readonly key: string;
  /** The component's name. */
  readonly store: string;
  readonly bucket: string;
  /** The object's full address. */
  readonly uri: string;
}

/** What came of it, as far as it is known. */
export interface StoreReply {
  /** The server's own word for the failure, such as `SlowDown`, or the system's, such as `ECONNRESET`. */
  readonly word?: string | undefined;
  /** The HTTP status. */
  readonly status?: number | undefined;
  /** The id under which the server's logs have the request. */
  readonly requestId?: string | undefined;
  /** What to do, where the flavor knows more than this file: which permission is missing, say. */
  readonly hint?: string | undefined;
  /** The SDK's error, without what it knows of credentials. Shown only with `--debug`. */
  readonly cause?: unknown;
}

interface Kind {
  readonly code: string;
  readonly what: string;
  readonly hint: string;
  /** Whether the same request may succeed later, with nothing changed by a person. */
  readonly passes: boolean;
}

const TRY_AGAIN = "then try again: what a run has completed isn't done again.";

const KINDS: Readonly<Record<StoreFailure, Kind>> = {
  not_found: { code: "object_not_found", what: "there is no such object", hint: "It may have been deleted.", passes: false },
  exists: {
    code: "object_exists",
    what: "that object is there already, and it was to be created",
    hint: "Use another key, or leave ifAbsent out to replace it.",
    passes: false,
  },
  precondition: {
    code: "object_changed",
    what: "the object was replaced or deleted meanwhile",
    hint: "Read it again from its start.",
    passes: false,
  },
  forbidden: {
    code: "store_forbidden",
    what: "these credentials may not do that",
    hint: "Give them the permission, or use others.",
    passes: false,
  },
  wrong_credentials: {
    code: "store_credentials",
    what: "the credentials aren't accepted",
    hint: "Check that the keys are right, belong to this server, and haven't expired.",
    passes: false,
  },
  no_such_bucket: {
    code: "bucket_not_found",
    what: "there is no such bucket",
    hint: "Create the bucket, or give the component another --path.",
    passes: false,
  },
  throttled: {
    code: "store_unavailable",
    what: "the server is asked too much at a time, and waiting didn't help",
    hint: `Lower the concurrency or wait, ${TRY_AGAIN}`,
    passes: true,
  },
  network: {
    code: "store_unavailable",
    what: "the connection failed",
    hint: `Check the endpoint and the network, ${TRY_AGAIN}`,
    passes: true,
  },
  timeout: {
    code: "store_unavailable",
    what: "the server didn't answer in time",
    hint: `Check the server and the network, ${TRY_AGAIN}`,
    passes: true,
  },
  checksum: {
    code: "object_corrupt",
    what: "the bytes don't match their checksum",
    hint: "Try again. If it stays, the object is damaged, or something between here and the server changes what passes.",
    passes: true,
  },
  full: {
    code: "store_full",
    what: "there is no space left, or a quota is used up",
    hint: "Free some space there, or use an artifact store elsewhere.",
    passes: false,
  },
  refused: {
    code: "store_refused",
    what: "the server refused the request",
    hint: "It may not have what the component's configuration asks for: compare the two.",
    passes: false,
  },
  unfaithful: {
    code: "store_unfaithful",
    what: "the answer isn't what was asked for",
    hint: "The server, or a cache or proxy in front of it, doesn't do what it is asked: reach the server without them, or use another one.",
    passes: false,
  },
  server: { code: "store_unavailable", what: "the server failed", hint: `Look at the server's log, ${TRY_AGAIN}`, passes: true },
};

/**
 * The one error for each kind of failure, of every store on a server: operation, key, store and bucket, what the server said
 * with the id of the request, and what to do. `details` has them for programs, and `retryable`.
 */
export function storeFailure(failure: StoreFailure, request: StoreRequest, reply: StoreReply = {}): ZenError {
  const { code, what, hint, passes } = KINDS[failure];
  const { operation, key, store, bucket, uri } = request;
  const { word, status, requestId, cause } = reply;
  const said = [word, status !== undefined && `HTTP ${status}`, requestId && `request ${requestId}`].filter(Boolean).join(", ");
  const where = `in the artifact store "${store}" (bucket "${bucket}")`;
  return new ZenError(code, `Can't ${operation} "${key}" ${where}: ${what}${said && ` (${said})`}.`, {
    hint: reply.hint ?? hint,
    cause,
    details: { failure, retryable: passes, operation, key, bucket, uri, status, requestId },
  });
}

/** Whether the same request may succeed if it is made again: retry these, with {@link pauseBeforeRetry}, and no others. */
export function mayPass(failure: StoreFailure): boolean {
  return KINDS[failure].passes;
}
