import type { StoreRequest } from "@zen/core";
import type { S3Connection } from "./s3-connection.ts";

const HOUR_MILLISECONDS = 60 * 60 * 1000;

/**
 * Aborts the multipart uploads under a prefix that were begun before `hours`: their writers were killed. Until then the server
 * keeps their parts, unseen and paid for.
 */
export async function abortOldUploads(
  connection: S3Connection,
  { bucket: Bucket }: StoreRequest,
  Prefix: string,
  hours: number,
  signal: AbortSignal,
): Promise<void> {
  const before = Date.now() - hours * HOUR_MILLISECONDS;
  let after: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } = {};
  for (;;) {
    const page = await connection.trySend((sdk) => new sdk.ListMultipartUploadsCommand({ Bucket, Prefix, ...after }), { signal });
    for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
      if (Initiated === undefined || Initiated.getTime() >= before) continue;
      await connection.trySend((sdk) => new sdk.AbortMultipartUploadCommand({ Bucket, Key, UploadId }), { signal });
    }
    if (!page.IsTruncated) return;
    after = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
  }
}
