import { createHash } from "node:crypto";
import type { CRC32C } from "@google-cloud/storage";
import type { GCSConfig } from "./config-schema.ts";

/** The digest of a stream of bytes, as Google writes it. */
export interface Checksum {
  /** Its name in an object's metadata. */
  readonly field: "md5Hash" | "crc32c";
  /** Its name in the header `x-goog-hash`. */
  readonly header: "md5" | "crc32c";
  update(bytes: Uint8Array): void;
  /** In base64. Afterwards nothing can be added. */
  digest(): string;
}

/** A new checksum of the kind that is configured, or undefined for `none`. */
export async function newChecksum(kind: GCSConfig["checksum"]): Promise<Checksum | undefined> {
  if (kind === "none") return undefined;
  if (kind === "crc32c") {
    const { CRC32C } = await import("@google-cloud/storage");
    const crc: CRC32C = new CRC32C();
    return {
      field: "crc32c",
      header: "crc32c",
      update: (bytes) => crc.update(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)),
      digest: () => crc.toString(),
    };
  }
  const hash = createHash("md5");
  return { field: "md5Hash", header: "md5", update: (bytes) => void hash.update(bytes), digest: () => hash.digest("base64") };
}
