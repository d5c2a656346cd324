import { expect, test } from "vitest";
import { GCSArtifactStore } from "./artifact-store.ts";

const refusal = (options: Partial<ConstructorParameters<typeof GCSArtifactStore>[0]>): string => {
  try {
    return new GCSArtifactStore({ name: "test", path: "gs://bucket/prefix", ...options }).path;
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return `${code}: ${message.replace('The artifact store "test" (flavor gcs) ', "… ")}`.replaceAll(process.cwd(), "CWD");
  }
};

test("a path is a bucket and a prefix that keys can follow", () => {
  const paths = [
    "gs://bucket",
    "gs://bucket/",
    "gs://b-1.example_2/a/b/",
    "gs://",
    "gs:///a",
    "gs://Bucket/a",
    "gs://bucket/a//b",
    "gs://bucket/../a",
  ];
  const others = [`gs://bucket/${"x".repeat(123)}`, "s3://bucket/a", "/tmp/a", ""];
  expect([...paths, ...others].map((path) => refusal({ path }))).toMatchInlineSnapshot(`
    [
      "gs://bucket",
      "gs://bucket/",
      "gs://b-1.example_2/a/b/",
      "bad_config: … can't be made: "path": "gs://" names no bucket, write gs://bucket/prefix.",
      "bad_config: … can't be made: "path": "gs:///a" names no bucket, write gs://bucket/prefix.",
      "bad_config: … can't be made: "path": "gs://Bucket/a" names the bucket "Bucket", and buckets have 3 to 222 small letters, digits, dots, hyphens and underscores.",
      "bad_config: … can't be made: "path": "gs://bucket/a//b" has "" between two slashes of its prefix.",
      "bad_config: … can't be made: "path": "gs://bucket/../a" has ".." between two slashes of its prefix.",
      "bad_config: … can't be made: "path": "gs://bucket/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" has a prefix of more than 123 bytes, and keys must have room for zen's.",
      "bad_config: … can't use the path "s3://bucket/a": it takes gs://….",
      "bad_config: … can't use the path "/tmp/a": it takes gs://….",
      "bad_config: … can't be made: "path": it is empty.",
    ]
  `);
});

test("a setting that can't be says what it may be", () => {
  expect([
    refusal({ keyFile: "key.json" }),
    refusal({ keyFile: "/key.json", serviceAccountKey: "{{env.KEY}}" }),
    refusal({ apiEndpoint: "storage.example.com" }),
    refusal({ apiEndpoint: "https://ada:pw@storage.example.com" }),
    refusal({ partSizeMib: 0.3 }),
    refusal({ partSizeMib: 2000 }),
    refusal({ concurrency: 0 }),
    refusal({ timeoutSeconds: 0 }),
    refusal({ maxAttempts: 1.5 }),
    refusal({ storageClass: "GLACIER" as never }),
    refusal({ checksum: "sha256" as never }),
    refusal({ bucket: "b" } as never),
  ]).toMatchInlineSnapshot(`
    [
      "bad_config: … can't be made: "keyFile": "key.json" is not an absolute path, write CWD/key.json.",
      "bad_config: … can't be made: "serviceAccountKey": keyFile is set already, and one of the two is enough.",
      "bad_config: … can't be made: "apiEndpoint": it is not an address such as https://storage.example.com.",
      "bad_config: … can't be made: "apiEndpoint": it has a user or a password in it: give credentials by their own settings.",
      "bad_config: … can't be made: "partSizeMib": Invalid number: must be a multiple of 0.25.",
      "bad_config: … can't be made: "partSizeMib": Too big: expected number to be <=1024.",
      "bad_config: … can't be made: "concurrency": Too small: expected number to be >=1.",
      "bad_config: … can't be made: "timeoutSeconds": Too small: expected number to be >=0.1.",
      "bad_config: … can't be made: "maxAttempts": Invalid input: expected int, received number.",
      "bad_config: … can't be made: "storageClass": Invalid option: expected one of "STANDARD"|"NEARLINE"|"COLDLINE"|"ARCHIVE".",
      "bad_config: … can't be made: "checksum": Invalid option: expected one of "md5"|"crc32c"|"none".",
      "bad_config: … has no field "bucket".",
    ]
  `);
});

test("what is stored is what was given, and a key in clear is refused with the line to type", () => {
  const keyed = new GCSArtifactStore({ name: "test", path: "gs://bucket/prefix", serviceAccountKey: "{{env.KEY}}", partSizeMib: 32 });
  expect(keyed.toStored()).toMatchObject({ path: "gs://bucket/prefix", service_account_key: "{{env.KEY}}", part_size_mib: 32 });
  expect(keyed.uri("run/artifact")).toBe("gs://bucket/prefix/run/artifact");
  expect(() => new GCSArtifactStore({ name: "test", path: "gs://bucket/prefix", serviceAccountKey: "{}" }).toStored()).toThrow(
    '"serviceAccountKey" of the artifact store "test" is a secret, and zen does not write secrets into files.',
  );
});
