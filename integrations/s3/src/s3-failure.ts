import {
  connectionHint,
  connectionMayPass,
  isZenError,
  mayPass,
  storeFailure,
  type StoreFailure,
  type StoreReply,
  type StoreRequest,
  type ZenError,
} from "@zen/core";

/** What the SDK throws, as far as it is read here. */
interface SdkError extends Error {
  readonly code?: string;
  readonly $fault?: "client" | "server";
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string; readonly clockSkewCorrected?: boolean };
}

/** The words of S3 and of servers that speak it, where the HTTP status alone doesn't tell. */
const WORDS: Readonly<Record<string, StoreFailure>> = {
  NoSuchKey: "not_found",
  NotFound: "not_found",
  NoSuchBucket: "no_such_bucket",
  PreconditionFailed: "precondition",
  InvalidAccessKeyId: "wrong_credentials",
  InvalidClientTokenId: "wrong_credentials",
  UnrecognizedClientException: "wrong_credentials",
  SignatureDoesNotMatch: "wrong_credentials",
  ExpiredToken: "wrong_credentials",
  ExpiredTokenException: "wrong_credentials",
  InvalidToken: "wrong_credentials",
  InvalidTokenId: "wrong_credentials",
  TokenRefreshRequired: "wrong_credentials",
  CredentialsProviderError: "wrong_credentials",
  // versitygw, with status 404
  XAdminUserNotFound: "wrong_credentials",
  RoleError: "wrong_credentials",
  // A key with a line end, say: no header may have it.
  ERR_INVALID_CHAR: "wrong_credentials",
  RequestTimeTooSkewed: "wrong_credentials",
  // The answer to DeleteObjects has a word for each object, and no status.
  AccessDenied: "forbidden",
  SlowDown: "throttled",
  Throttling: "throttled",
  ThrottlingException: "throttled",
  TooManyRequests: "throttled",
  RequestLimitExceeded: "throttled",
  BandwidthLimitExceeded: "throttled",
  // Two writers at once: whoever asks again gets an answer.
  ConditionalRequestConflict: "throttled",
  OperationAborted: "throttled",
  RequestTimeout: "timeout",
  TimeoutError: "timeout",
  ETIMEDOUT: "timeout",
  BadDigest: "checksum",
  XAmzContentChecksumMismatch: "checksum",
  XAmzContentSHA256Mismatch: "checksum",
  IncompleteBody: "network",
  QuotaExceeded: "full",
  XMinioStorageFull: "full",
  XMinioAdminBucketQuotaExceeded: "full",
  // Forgotten between two parts, by a server that lost its disk or cleaned up.
  NoSuchUpload: "server",
};

/** Of the system, where no answer came. */
const NETWORK =
  /^(ECONN|EPIPE|EPROTO|EHOST|ENET|ENOTFOUND|EAI_|EADDR|ERR_STREAM_PREMATURE_CLOSE|ERR_SSL|ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HPE_)/;

/** That there is none, or none that could be one. */
const REGION = /region is missing|region not accepted/i;

/** A failure that the server, the network or the SDK is to blame for, or undefined for one of our own. */
export function failureOf(error: unknown): StoreFailure | undefined {
  // The reason of a signal is the caller's, also the one of AbortSignal.timeout.
  if (!(error instanceof Error) || error instanceof DOMException || isZenError(error)) return undefined;
  const { name, code, $metadata, $fault } = error as SdkError;
  // First, because the SDK calls a broken connection a timeout.
  if (NETWORK.test(code ?? "") || error.message === "socket hang up") return "network";
  const known = WORDS[name] ?? WORDS[code ?? ""];
  if (known !== undefined) return known;
  const status = $metadata?.httpStatusCode;
  if (status === undefined && $fault === undefined) return REGION.test(error.message) ? "refused" : undefined;
  if (status === 404) return "not_found";
  if (status === 412) return "precondition";
  if (status === 401) return "wrong_credentials";
  if (status === 403) return "forbidden";
  if (status === 408) return "timeout";
  if (status === 429) return "throttled";
  // MinIO calls a full disk an internal error.
  if (status === 507 || (status === 500 && /no space left/i.test(error.message))) return "full";
  if (status === 501) return "refused";
  // A good status and yet an error: the answer was cut off before its end.
  if (status !== undefined && status < 300) return "network";
  return status !== undefined && status < 500 ? "refused" : "server";
}

/** A role that can't be assumed: the object's own permissions have nothing to do with it. */
export function roleError(error: unknown, roleArn: string): unknown {
  const failure = failureOf(error);
  if (failure === undefined || mayPass(failure)) return error;
  const { name, message } = error as Error;
  return Object.assign(new Error(`the role ${roleArn} can't be assumed: ${message || name}`), { name: "RoleError" });
}

/** Whether the same request may succeed later. */
export function mayPassLater(error: unknown): boolean {
  const failure = failureOf(error);
  const { name, code } = error as SdkError;
  // An upload that the server has forgotten it doesn't remember.
  return failure !== undefined && mayPass(failure) && connectionMayPass(code) && name !== "NoSuchUpload";
}

/** Whether the SDK has learnt from this error how wrong the clock is: the next request is signed by the server's. */
export function hasCorrectedClock(error: unknown): boolean {
  return (error as SdkError | undefined)?.$metadata?.clockSkewCorrected === true;
}

/** What the error says beside its kind. What it knows of the request, of keys and signatures, is left out. */
export function replyOf(error: unknown, failure: StoreFailure, request: StoreRequest): StoreReply {
  const { name, code, message, stack, $metadata } = error as SdkError;
  const cause = Object.assign(new Error(message), { name });
  if (stack !== undefined) cause.stack = stack;
  // A page of a proxy: the SDK shows where its parser failed.
  const isPage = message.includes("Deserialization error");
  const word = isPage
    ? "the answer isn't S3's"
    : (code ?? ($metadata === undefined || name === "Error" || name === "Unknown" ? message : name));
  return {
    word: /^\d+$|UnknownError/.test(word) ? undefined : word,
    status: $metadata?.httpStatusCode,
    requestId: requestIdOf($metadata),
    hint: hintOf(failure, error as SdkError, request),
    cause,
  };
}

/** The id by which the server's log has a request. */
export function requestIdOf(metadata: { readonly requestId?: string | undefined } | undefined): string | undefined {
  // versitygw sends it twice.
  return metadata?.requestId?.split(", ")[0];
}

/** The error of a store's contract for what the SDK threw; anything else as it is. */
export function s3Error(error: unknown, request: StoreRequest): unknown {
  let failure = failureOf(error);
  // Not S3's word, and what doesn't ask for an object can't miss one: there is no S3 at that address.
  if (failure === "not_found" && !Object.hasOwn(WORDS, (error as Error).name) && /^(?:write|list|delete)/.test(request.operation))
    failure = "refused";
  return failure === undefined ? error : storeFailure(failure, request, replyOf(error, failure, request));
}

/** The error of an answer that looks good and isn't S3's: a proxy or a page to log in at says 200 to anything. */
export function unfaithful(request: StoreRequest, word: string): ZenError {
  return storeFailure("unfaithful", request, { word });
}

/** What the operation needs to be allowed, by its first word. */
const ACTIONS: Readonly<Record<string, readonly [action: string, of: "bucket" | "objects"]>> = {
  read: ["s3:GetObject", "objects"],
  look: ["s3:GetObject", "objects"],
  write: ["s3:PutObject", "objects"],
  list: ["s3:ListBucket", "bucket"],
  copy: ["s3:GetObject and s3:PutObject", "objects"],
  rename: ["s3:GetObject, s3:PutObject and s3:DeleteObject", "objects"],
  delete: ["s3:DeleteObject", "objects"],
};

function hintOf(failure: StoreFailure, { name, code, message }: SdkError, { operation, bucket }: StoreRequest): string | undefined {
  if (failure === "network") return connectionHint(code);
  if (failure === "forbidden") {
    const [action, of] = ACTIONS[operation.split(" ")[0]!]!;
    return `Allow them ${action} on arn:aws:s3:::${bucket}${of === "bucket" ? "" : "/*"}, or use others.`;
  }
  if (failure === "no_such_bucket") {
    return `Create it (aws s3 mb s3://${bucket}), or give the component another --path.`;
  }
  if (name === "CredentialsProviderError") {
    return "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or give the component a profile or keys of its own.";
  }
  if (name === "RoleError") return "Allow these credentials sts:AssumeRole on the role, and let the role's trust policy name them.";
  if (code === "ERR_INVALID_CHAR") return "They have a character that no request can have: a line end behind a key, perhaps.";
  if (name === "RequestTimeTooSkewed") return "Set this machine's clock: it differs too much from the server's.";
  if (["PermanentRedirect", "AuthorizationHeaderMalformed"].includes(name)) {
    return "The bucket is in another region: give the component its --region.";
  }
  if (REGION.test(message)) return "Say where the bucket is: give the component a --region, or set AWS_REGION.";
  return undefined;
}
