import * as z from "zod";

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
/** What S3 leaves of its 1,024 bytes when a key of zen's has its 900 and a slash. */
const PREFIX_BYTES = 123;

/** Where objects are: a bucket, and what every key begins with, `""` or ending in `/`. */
export interface S3Location {
  readonly bucket: string;
  readonly prefix: string;
}

/** The parts of a path that {@link s3Path} has let pass. */
export function parseS3Path(path: string): S3Location {
  const [, bucket, rest] = /^s3:\/\/([^/]*)\/?(.*?)\/*$/s.exec(path) as unknown as [string, string, string];
  return { bucket, prefix: rest && `${rest}/` };
}

/** The config field `path`. Other schemes pass: the base class speaks of those. */
export function s3Path(): z.ZodString {
  return z
    .string()
    .min(1, { error: "it is empty", abort: true })
    .superRefine((path, context) => {
      const problem = problemOf(path);
      if (problem !== undefined) context.addIssue({ code: "custom", message: `"${path}" ${problem}` });
    })
    .meta({ description: "The bucket and a folder in it for the artifacts: s3://bucket/prefix. The bucket must exist" });
}

function problemOf(path: string): string | undefined {
  if (!path.startsWith("s3://")) return undefined;
  const { bucket, prefix } = parseS3Path(path);
  if (bucket === "") return "names no bucket, write s3://bucket/prefix";
  if (!BUCKET.test(bucket)) return `names the bucket "${bucket}", and buckets have 3 to 63 small letters, digits, dots and hyphens`;
  if (/[\u0000-\u001f\u007f]/.test(prefix) || !prefix.isWellFormed()) return "has a character that no key can have";
  const bad = prefix
    .split("/")
    .slice(0, -1)
    .find((part) => ["", ".", ".."].includes(part));
  if (bad !== undefined) return `has "${bad}" between two slashes of its prefix`;
  if (Buffer.byteLength(prefix) > PREFIX_BYTES)
    return `has a prefix of more than ${PREFIX_BYTES} bytes, and S3's keys must have room for zen's`;
  return undefined;
}
