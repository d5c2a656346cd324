import { connectionMayPass } from "@zen/core";

/** What Google says of an error, in the body of its answer. */
interface ErrorBody {
  readonly error?: { readonly message?: string; readonly errors?: readonly { readonly reason?: string }[] } | string;
  readonly error_description?: string;
}

/** Statuses of answers that may differ when the same is asked again. */
const PASSING_STATUSES: readonly number[] = [408, 429, 500, 502, 503, 504];

/**
 * One request that came to nothing. It holds words only, no request and no answer: addresses of uploads and headers are
 * secrets.
 */
export class RequestFailure extends Error {
  /**
   * `credentials`: there were none, or they couldn't be turned into a token. `checksum`: other bytes arrived
   * than were sent. `session`: the server has forgotten an upload. `unfaithful`: it answered something else than it was asked.
   */
  readonly kind: "answer" | "network" | "timeout" | "credentials" | "checksum" | "session" | "unfaithful";
  readonly status: number | undefined;
  /** Google's word for the error, such as `rateLimitExceeded`, or Node's, such as `ECONNRESET`. */
  readonly reason: string | undefined;
  /** By which Google's support finds the request. */
  readonly requestId: string | undefined;
  /** Whether the same request may succeed later. */
  readonly mayPass: boolean;

  constructor(
    kind: RequestFailure["kind"],
    message: string,
    given: Partial<Pick<RequestFailure, "status" | "reason" | "requestId">> & { readonly mayPass: boolean },
  ) {
    super(message);
    this.kind = kind;
    this.status = given.status;
    this.reason = given.reason;
    this.requestId = given.requestId;
    this.mayPass = given.mayPass;
  }
}

/** The server's refusal. `mayPass` if it is known that it may, whatever the status. */
export function answerFailure(status: number, headers: Headers, body: string, mayPass = false): RequestFailure {
  const { message, reason } = readBody(body);
  const isChecksum = status === 400 && /md5|crc32c/i.test(message);
  return new RequestFailure(isChecksum ? "checksum" : "answer", message || `HTTP status ${status}`, {
    status,
    reason,
    requestId: headers.get("x-guploader-uploadid") ?? undefined,
    // Some limits of a project are a 403 whose reason says so.
    mayPass: mayPass || isChecksum || PASSING_STATUSES.includes(status) || /RateLimitExceeded$/i.test(reason ?? ""),
  });
}

/** A connection that couldn't be made, or broke. */
export function networkFailure(error: unknown): RequestFailure {
  const { code, text } = innermost(error);
  return new RequestFailure("network", code && !text.includes(code) ? `${code}: ${text}` : text, {
    reason: code,
    mayPass: connectionMayPass(code),
  });
}

/** Credentials that couldn't be found, read, or exchanged for a token. */
export function credentialsFailure(error: unknown): RequestFailure {
  const { status, response } = error as { status?: number; response?: { data?: unknown } };
  const { code, text } = innermost(error);
  const { message } = typeof response?.data === "object" ? readBody(JSON.stringify(response.data)) : { message: "" };
  const network = status === undefined && /^E[A-Z]+$/.test(code ?? "") && code !== "ENOENT" && code !== "EACCES";
  return new RequestFailure("credentials", message || text, {
    status,
    reason: code,
    mayPass: (network && connectionMayPass(code)) || PASSING_STATUSES.includes(status ?? 0),
  });
}

function readBody(body: string): { message: string; reason?: string | undefined } {
  try {
    const { error, error_description } = JSON.parse(body) as ErrorBody;
    if (typeof error === "string") return { message: error_description ? `${error}: ${error_description}` : error };
    return { message: oneLine(error?.message ?? ""), reason: error?.errors?.[0]?.reason };
  } catch {
    // Text, or XML with a message within.
    return { message: oneLine(/<Message>([^<]*)/.exec(body)?.[1] ?? (body.includes("<") ? "" : body)) };
  }
}

/** The error at the bottom: those above it repeat the address, which may be a secret. */
function innermost(error: unknown): { code: string | undefined; text: string } {
  let code: string | undefined;
  let last = error as { message?: string; code?: unknown; cause?: unknown; errors?: readonly unknown[] };
  for (;;) {
    if (typeof last.code === "string") code = last.code;
    const next = (last.errors?.[0] ?? last.cause) as typeof last | undefined;
    if (typeof next !== "object" || next === null) break;
    last = next;
  }
  return { code, text: oneLine((last.message ?? String(error)).replace(/^request to \S+ failed, reason: /, "")) || (code ?? "no reason") };
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim().slice(0, 500);
}
