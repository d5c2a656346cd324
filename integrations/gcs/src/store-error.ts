import { connectionHint, storeFailure, type StoreFailure, type StoreRequest, type ZenError } from "@zen/core";
import type { RequestFailure } from "./request-failure.ts";

/** A request that came to nothing as the error that every store on a server has for it. */
export function storeError(failure: RequestFailure, request: StoreRequest, kind: StoreFailure = kindOf(failure)): ZenError {
  const { status, reason, requestId, message } = failure;
  return storeFailure(kind, request, {
    // Of these there is no word, or none that says more.
    word: ["timeout", "checksum", "session", "unfaithful"].includes(failure.kind) ? message : reason,
    status,
    requestId,
    hint: hintOf(kind, failure),
    cause: failure,
  });
}

function kindOf({ kind, status = 0, reason, mayPass }: RequestFailure): StoreFailure {
  if (kind === "credentials") return mayPass ? "network" : "wrong_credentials";
  if (kind === "session") return "server";
  if (kind !== "answer") return kind;
  if (status === 401) return "wrong_credentials";
  if (status === 507 || reason === "quotaExceeded") return "full";
  if (status === 403) return mayPass ? "throttled" : "forbidden";
  if (status === 412) return "precondition";
  if (status === 429) return "throttled";
  return mayPass ? "server" : "refused";
}

/** What Google said, where it says more than the kind. */
function hintOf(kind: StoreFailure, { kind: source, message, status, reason }: RequestFailure): string | undefined {
  if (kind === "network") return connectionHint(reason);
  if (kind === "wrong_credentials") {
    // A service account signs with the time, and Google takes that within some minutes only.
    if (/\biat\b/.test(message)) return `Set this machine's clock: it differs too much from Google's (${sentence(message).slice(0, -1)}).`;
    return source === "credentials"
      ? `Google's client says: ${sentence(message)} Check the component's keyFile; without one, log in with gcloud auth application-default login.`
      : `The server says: ${sentence(message)} The credentials may have been revoked, or this machine's clock may be wrong.`;
  }
  if (kind === "forbidden") {
    const permission = /storage\.[a-z]+\.[A-Za-z]+/.exec(message)?.[0];
    return permission === undefined
      ? `The server says: ${sentence(message)}`
      : `The permission ${permission} is missing: the role Storage Object User on the bucket has all that zen needs.`;
  }
  if (kind === "refused")
    return `The server says: ${sentence(message)}${status === 400 ? " Compare it with the component's configuration." : ""}`;
  return undefined;
}

function sentence(text: string): string {
  return text.replace(/\.*$/, ".");
}
