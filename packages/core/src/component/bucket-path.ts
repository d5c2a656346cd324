import * as z from "zod";

/** What servers of objects leave of a key's 1,024 bytes when one of zen's has its 900 and a slash. */
const PREFIX_BYTES = 123;

/** What a path of a bucket may be. */
export interface BucketPathRules {
  /** `s3://`, say. */
  readonly scheme: string;
  /** What the whole name of a bucket matches. */
  readonly bucket: RegExp;
  /** The same in words, after "buckets have". */
  readonly buckets: string;
}

/** Where objects are: a bucket, and what every key begins with, `""` or ending in `/`. */
export interface BucketLocation {
  readonly bucket: string;
  readonly prefix: string;
}

/** For flavors that keep artifacts in buckets: the parts of a path that {@link bucketPath} has let pass. */
export function parseBucketPath(path: string): BucketLocation {
  const [, bucket, rest] = /^[^:]+:\/\/([^/]*)\/?(.*?)\/*$/s.exec(path) as unknown as [string, string, string];
  return { bucket, prefix: rest && `${rest}/` };
}

/** For flavors that keep artifacts in buckets: the config field `path`. Other schemes pass: the base class speaks of those. */
export function bucketPath(rules: BucketPathRules): z.ZodString {
  return z
    .string()
    .min(1, { error: "it is empty", abort: true })
    .superRefine((path, context) => {
      const problem = problemOf(path, rules);
      if (problem !== undefined) context.addIssue({ code: "custom", message: `"${path}" ${problem}` });
    })
    .meta({ description: `The bucket and a folder in it for the artifacts: ${rules.scheme}bucket/prefix. The bucket must exist` });
}

function problemOf(path: string, { scheme, bucket: wanted, buckets }: BucketPathRules): string | undefined {
  if (!path.startsWith(scheme)) return undefined;
  const { bucket, prefix } = parseBucketPath(path);
  if (bucket === "") return `names no bucket, write ${scheme}bucket/prefix`;
  if (!wanted.test(bucket)) return `names the bucket "${bucket}", and buckets have ${buckets}`;
  if (/[\u0000-\u001f\u007f]/.test(prefix) || !prefix.isWellFormed()) return "has a character that no key can have";
  const bad = prefix
    .split("/")
    .slice(0, -1)
    .find((part) => ["", ".", ".."].includes(part));
  if (bad !== undefined) return `has "${bad}" between two slashes of its prefix`;
  if (Buffer.byteLength(prefix) > PREFIX_BYTES) return `has a prefix of more than ${PREFIX_BYTES} bytes, and keys must have room for zen's`;
  return undefined;
}
