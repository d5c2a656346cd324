import * as z from "zod";

const BUCKET = /^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/;
/** What Google leaves of a name's 1,024 bytes when a key of zen's has its 900 and a slash. */
const PREFIX_BYTES = 123;

/** Where objects are: a bucket, and what every name begins with, `""` or ending in `/`. */
export interface GCSLocation {
  readonly bucket: string;
  readonly prefix: string;
}

/** The parts of a path that {@link gcsPath} has let pass. */
export function parseGCSPath(path: string): GCSLocation {
  const [, bucket, rest] = /^gs:\/\/([^/]*)\/*(.*?)\/*$/s.exec(path) as unknown as [string, string, string];
  return { bucket, prefix: rest && `${rest}/` };
}

/** The config field `path`. Other schemes pass: the base class speaks of those. */
export function gcsPath(): z.ZodString {
  return z
    .string()
    .min(1, { error: "it is empty", abort: true })
    .superRefine((path, context) => {
      const problem = problemOf(path);
      if (problem !== undefined) context.addIssue({ code: "custom", message: `"${path}" ${problem}` });
    })
    .meta({ description: "The bucket and a folder in it for the artifacts: gs://bucket/prefix. The bucket must exist" });
}

function problemOf(path: string): string | undefined {
  if (!path.startsWith("gs://")) return undefined;
  const { bucket, prefix } = parseGCSPath(path);
  if (bucket === "") return "names no bucket, write gs://bucket/prefix";
  if (!BUCKET.test(bucket))
    return `names the bucket "${bucket}", and buckets have 3 to 222 small letters, digits, dots, hyphens and underscores`;
  const segments = prefix.split("/").slice(0, -1);
  const bad = segments.find((segment) => ["", ".", ".."].includes(segment));
  if (bad !== undefined) return `has "${bad}" between two slashes of its prefix`;
  if (/[\u0000-\u001f\u007f]/.test(prefix) || !prefix.isWellFormed()) return "has a character that no name can have";
  if (Buffer.byteLength(prefix) > PREFIX_BYTES)
    return `has a prefix of more than ${PREFIX_BYTES} bytes, and names must have room for zen's keys`;
  return undefined;
}
