import path from "node:path";
import { BaseArtifactStore, bucketPath, secretField, serverAddress } from "@zen/core";
import * as z from "zod";

/** A part that isn't an upload's last must be a multiple of 256 KiB. */
const PART_UNIT_MEBIBYTES = 0.25;

/** All that a GCS artifact store can be told. Beside `path`, everything has a default that suits Google's own servers. */
export const configSchema = BaseArtifactStore.configSchema
  .extend({
    path: bucketPath({
      scheme: "gs://",
      bucket: /^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/,
      buckets: "3 to 222 small letters, digits, dots, hyphens and underscores",
    }),
    project: z.string().min(1).optional().meta({
      description: "The Google Cloud project that requests are billed to, which a requester-pays bucket needs. By default none",
    }),
    apiEndpoint: serverAddress("https://storage.example.com").optional().meta({
      description:
        "The address of another server that speaks the API, or of a private endpoint. To one outside of googleapis.com, credentials are sent only if keyFile or serviceAccountKey is set. By default https://storage.googleapis.com",
    }),
    keyFile: z
      .string()
      .refine((file) => path.isAbsolute(file), {
        error: ({ input }) => `"${String(input)}" is not an absolute path, write ${path.resolve(String(input))}`,
      })
      .optional()
      .meta({
        description:
          "The absolute path of a JSON file with credentials: a service account's key, or what gcloud wrote for workload identity. By default the application default credentials",
      }),
    serviceAccountKey: secretField().optional().meta({
      secret: true,
      description: "The content of such a file, in place of keyFile. By default none",
    }),
    kmsKeyName: z.string().min(1).optional().meta({
      description: "The Cloud KMS key to encrypt with: projects/P/locations/L/keyRings/R/cryptoKeys/K. By default as the bucket says",
    }),
    storageClass: z.enum(["STANDARD", "NEARLINE", "COLDLINE", "ARCHIVE"]).optional().meta({
      description: "The storage class of what is written. By default as the bucket says",
    }),
    checksum: z.enum(["md5", "crc32c", "none"]).default("md5").meta({
      description: "Which checksum goes with the bytes, both ways. crc32c is computed slowly, for machines that forbid MD5",
    }),
    partSizeMib: z.number().min(PART_UNIT_MEBIBYTES).max(1024).multipleOf(PART_UNIT_MEBIBYTES).default(8).meta({
      description:
        "The size of a part of a large object, in MiB, 0.25 to 1,024 in steps of 0.25. Larger parts are faster; each upload has one in memory",
    }),
    concurrency: z.int().min(1).max(1024).default(16).meta({
      description: "How many requests of this store are under way at a time, 1 to 1,024; reading what has been answered doesn't count",
    }),
    timeoutSeconds: z.number().min(0.1).max(3600).default(20).meta({
      description: "After how many seconds without a byte in or out a request has failed, 0.1 to 3,600",
    }),
    maxAttempts: z.int().min(1).max(100).default(7).meta({
      description: "How often a request is made that fails in a way that may pass, 1 to 100; the waits between grow from 0.1 to 10 seconds",
    }),
  })
  .superRefine(({ keyFile, serviceAccountKey }, context) => {
    if (keyFile !== undefined && serviceAccountKey) {
      context.addIssue({ code: "custom", path: ["serviceAccountKey"], message: "keyFile is set already, and one of the two is enough" });
    }
  });

export type GCSConfig = z.output<typeof configSchema>;
