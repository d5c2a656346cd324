import { BaseArtifactStore, bucketPath, secretField, serverAddress } from "@zen/core";
import * as z from "zod";

const whole = (least: number, most: number) => z.number().int().min(least).max(most);

/** All that an S3 artifact store can be told. Beside `path`, everything has a default that suits Amazon S3. */
export const s3ConfigSchema = BaseArtifactStore.configSchema
  .extend({
    path: bucketPath({
      scheme: "s3://",
      bucket: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
      buckets: "3 to 63 small letters, digits, dots and hyphens",
    }),
    region: z.string().min(1).optional().meta({
      description:
        "The bucket's region, such as eu-central-1. By default the one of the environment or the profile (AWS_REGION); with an endpoint, else us-east-1",
    }),
    endpoint: serverAddress("https://minio.example.com:9000").optional().meta({
      description: "The address of a server other than Amazon's, such as https://minio.example.com:9000. By default Amazon S3",
    }),
    forcePathStyle: z.boolean().optional().meta({
      description: "Whether the bucket stands in the path of requests, not in the host name. By default true with an endpoint, else false",
    }),
    profile: z.string().min(1).optional().meta({
      description: "The profile of ~/.aws/config and ~/.aws/credentials whose credentials are used. By default AWS_PROFILE, or default",
    }),
    roleArn: z.string().min(1).optional().meta({
      description: "A role to assume with the credentials that are found, such as arn:aws:iam::123456789012:role/zen. By default none",
    }),
    accessKeyId: secretField().optional().meta({
      secret: true,
      description: "Access key id. By default credentials are found as the AWS command line does: environment, profile, machine",
    }),
    secretAccessKey: secretField().optional().meta({ secret: true, description: "Secret access key: goes with accessKeyId" }),
    sessionToken: secretField().optional().meta({
      secret: true,
      description: "Session token of temporary credentials: goes with accessKeyId. By default none",
    }),
    serverSideEncryption: z.enum(["AES256", "aws:kms", "aws:kms:dsse"]).optional().meta({
      description: "How the server encrypts what it keeps. By default as the bucket says",
    }),
    kmsKeyId: z.string().min(1).optional().meta({
      description: "The KMS key to encrypt with, for serverSideEncryption aws:kms or aws:kms:dsse. By default the account's own",
    }),
    storageClass: z.string().min(1).optional().meta({
      description:
        "The storage class of what is written, such as STANDARD_IA. By default STANDARD. Those that must be restored first can't be read",
    }),
    checksum: z.enum(["crc32", "none"]).default("crc32").meta({
      description: "Which checksum goes with the bytes, both ways. none: for servers that don't know S3's checksums of 2025",
    }),
    partSizeMib: whole(5, 5120).default(8).meta({
      description:
        "The size of a part of a large object, in MiB, 5 to 5,120; 10,000 parts are the most. Larger parts are faster and take more memory",
    }),
    partConcurrency: whole(1, 64).default(3).meta({
      description: "How many parts of one object are in memory and on their way at a time, 1 to 64",
    }),
    concurrency: whole(1, 1024).default(16).meta({
      description: "How many requests of this store are under way at a time, 1 to 1,024; reading what has been answered doesn't count",
    }),
    timeoutSeconds: z.number().min(0.1).max(3600).default(20).meta({
      description: "After how many seconds without a byte in or out a request has failed, 0.1 to 3,600",
    }),
    maxAttempts: whole(1, 100).default(7).meta({
      description: "How often a request is made that fails in a way that may pass, 1 to 100; the waits between grow from 0.1 to 10 seconds",
    }),
    abortUploadsAfterHours: z.number().min(0).max(87_600).default(24).meta({
      description:
        "Unfinished uploads under the path that were begun longer ago, in hours, are removed when an artifact is written; 0 removes none",
    }),
  })
  .superRefine((config, context) => {
    const missing = (field: string, message: string): void => context.addIssue({ code: "custom", path: [field], message });
    if (config.accessKeyId && !config.secretAccessKey) missing("secretAccessKey", "accessKeyId needs it");
    if (config.secretAccessKey && !config.accessKeyId) missing("accessKeyId", "secretAccessKey needs it");
    if (config.sessionToken && !config.accessKeyId) missing("accessKeyId", "sessionToken needs it");
    if (config.kmsKeyId && !config.serverSideEncryption?.startsWith("aws:kms")) {
      missing("serverSideEncryption", `kmsKeyId needs it to be aws:kms or aws:kms:dsse`);
    }
  });

export type S3Config = z.output<typeof s3ConfigSchema>;
