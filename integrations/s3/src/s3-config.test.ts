import { writeFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { GO_MISSING, S3_KEYS, startMinio } from "@zen-tests/servers";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { ZenError } from "@zen/core";
import { S3ArtifactStore } from "./artifact-store.ts";
import * as z from "zod";
import { makeBucket } from "./real-server.fixture.ts";

const BYTES = new TextEncoder().encode("bytes");
const OWN = { accessKeyId: S3_KEYS.accessKeyId, secretAccessKey: S3_KEYS.secretAccessKey };

function refusal(config: object): string {
  try {
    const store = new S3ArtifactStore({ name: "test", path: "s3://bucket/prefix", ...config });
    return store.path;
  } catch (error) {
    return (error as Error).message.replace('The artifact store "test" (flavor s3) ', "");
  }
}

test("a path that S3 can't have is refused, and what is wrong with it said", () => {
  const paths = [
    "",
    "s3://",
    "s3://B",
    "s3://bucket//a",
    "s3://bucket/a/../b",
    "s3://bucket/a\nb",
    `s3://bucket/${"x".repeat(130)}`,
    "/data",
    "gs://bucket",
  ];
  expect(paths.map((path) => refusal({ path }))).toMatchInlineSnapshot(`
    [
      "can't be made: "path": it is empty.",
      "can't be made: "path": "s3://" names no bucket, write s3://bucket/prefix.",
      "can't be made: "path": "s3://B" names the bucket "B", and buckets have 3 to 63 small letters, digits, dots and hyphens.",
      "can't be made: "path": "s3://bucket//a" has "" between two slashes of its prefix.",
      "can't be made: "path": "s3://bucket/a/../b" has ".." between two slashes of its prefix.",
      "can't be made: "path": "s3://bucket/a
    b" has a character that no key can have.",
      "can't be made: "path": "s3://bucket/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" has a prefix of more than 123 bytes, and keys must have room for zen's.",
      "can't use the path "/data": it takes s3://….",
      "can't use the path "gs://bucket": it takes s3://….",
    ]
  `);
  expect(["s3://bucket", "s3://bucket/", "s3://my.bucket-1/a/b/"].map((path) => refusal({ path }))).toEqual([
    "s3://bucket",
    "s3://bucket/",
    "s3://my.bucket-1/a/b/",
  ]);
});

test("options that don't go together, or are out of range, are refused", () => {
  const configs = [
    { accessKeyId: "{{env.A}}" },
    { secretAccessKey: "{{env.A}}" },
    { sessionToken: "{{env.A}}" },
    { kmsKeyId: "key" },
    { endpoint: "minio:9000" },
    { endpoint: "http://ada:pw@minio:9000" },
    { endpoint: "http://minio:9000" },
    { partSizeMib: 4 },
    { timeoutSeconds: 0 },
    { checksum: "md5" },
    { secretAcessKey: "x" },
  ];
  expect(configs.map((config) => refusal(config).replace(/ Its fields are: .*/, ""))).toMatchInlineSnapshot(`
    [
      "can't be made: "secretAccessKey" is missing: accessKeyId needs it.",
      "can't be made: "accessKeyId" is missing: secretAccessKey needs it.",
      "can't be made: "accessKeyId" is missing: sessionToken needs it.",
      "can't be made: "serverSideEncryption" is missing: kmsKeyId needs it to be aws:kms or aws:kms:dsse.",
      "can't be made: "endpoint": it is not an address such as https://minio.example.com:9000.",
      "can't be made: "endpoint": it has a user or a password in it: give credentials by their own settings.",
      "s3://bucket/prefix",
      "can't be made: "partSizeMib": Too small: expected number to be >=5.",
      "can't be made: "timeoutSeconds": Too small: expected number to be >=0.1.",
      "can't be made: "checksum": Invalid option: expected one of "crc32"|"none".",
      "has no field "secretAcessKey". Did you mean "secretAccessKey"?",
    ]
  `);
});

test("every setting has a default, or says what holds without it", () => {
  const { properties } = z.toJSONSchema(S3ArtifactStore.configSchema, { io: "input" });
  const without = Object.entries(properties!).filter(([, property]) => (property as { default?: unknown }).default === undefined);
  for (const [name, property] of without)
    expect((property as { description: string }).description, name).toMatch(/[Bb]y default | bucket must exist|: goes with /);
});

test("an object has the same address whatever slashes the path ends in", () => {
  for (const path of ["s3://bucket/a", "s3://bucket/a/", "s3://bucket/a//"]) {
    expect(new S3ArtifactStore({ name: "test", path }).uri("run/b")).toBe("s3://bucket/a/run/b");
  }
});

const minio = GO_MISSING === undefined ? await startMinio() : undefined;

describe.skipIf(!minio)("credentials and options on a server", () => {
  const endpoint = minio?.url ?? "";
  const folder = mkdtempSync(path.join(tmpdir(), "zen-s3-"));
  const storeWith = (config: Partial<ConstructorParameters<typeof S3ArtifactStore>[0]>): S3ArtifactStore =>
    new S3ArtifactStore({ name: "test", path: "s3://bucket/zen", endpoint, maxAttempts: 1, ...config });

  beforeAll(() => makeBucket(endpoint, "bucket"));
  afterEach(() => vi.unstubAllEnvs());
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await minio![Symbol.asyncDispose]();
  });

  test("credentials come from the component, its profile, a role, or the environment", async () => {
    const file = path.join(folder, "credentials");
    writeFileSync(file, `[zen]\naws_access_key_id = ${OWN.accessKeyId}\naws_secret_access_key = ${OWN.secretAccessKey}\n`);
    vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", file);
    vi.stubEnv("AWS_CONFIG_FILE", path.join(folder, "config"));
    vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
    expect(
      await storeWith({})
        .write("run/none", BYTES)
        .then(
          () => "written",
          ({ code, hint }) => `${code}: ${hint}`,
        ),
    ).toBe(
      "store_credentials: Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or give the component a profile or keys of its own.",
    );
    const roleArn = "arn:aws:iam::123456789012:role/zen";
    await storeWith({ profile: "zen" }).write("run/profile", BYTES);
    await storeWith({ profile: "zen", roleArn }).write("run/role-by-profile", BYTES);
    await storeWith({ ...OWN, roleArn }).write("run/role-by-keys", BYTES);
    vi.stubEnv("AWS_ACCESS_KEY_ID", OWN.accessKeyId);
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", OWN.secretAccessKey);
    await storeWith({}).write("run/environment", BYTES);
    const keys = (await storeWith(OWN).list("run/")).objects.map(({ key }) => key);
    expect(keys).toEqual(["run/environment", "run/profile", "run/role-by-keys", "run/role-by-profile"]);
  });

  test("what is wrong with a role, a key or a region is said of it, and not of the object", async () => {
    const roleArn = "arn:aws:iam::123456789012:role/zen";
    const said: string[] = [];
    for (const config of [
      { ...OWN, secretAccessKey: "wrong", roleArn },
      { ...OWN, accessKeyId: `${OWN.accessKeyId}\n` },
      { ...OWN, region: "no region" },
    ]) {
      const error = (await storeWith(config)
        .write("run/a", BYTES)
        .catch((thrown: unknown) => thrown)) as ZenError;
      said.push(`${error.code}: ${error.message} ${error.hint}`);
    }
    expect(said).toMatchInlineSnapshot(`
      [
        "store_credentials: Can't write "run/a" in the artifact store "test" (bucket "bucket"): the credentials aren't accepted (the role arn:aws:iam::123456789012:role/zen can't be assumed: The request signature we calculated does not match the signature you provided. Check your key and signing method.). Allow these credentials sts:AssumeRole on the role, and let the role's trust policy name them.",
        "store_credentials: Can't write "run/a" in the artifact store "test" (bucket "bucket"): the credentials aren't accepted (ERR_INVALID_CHAR). They have a character that no request can have: a line end behind a key, perhaps.",
        "store_refused: Can't write "run/a" in the artifact store "test" (bucket "bucket"): the server refused the request (Region not accepted: region="no region" is not a valid hostname component.). Say where the bucket is: give the component a --region, or set AWS_REGION.",
      ]
    `);
  });

  test("a variable that isn't set is named, and nothing is asked of the server", async () => {
    const store = storeWith({ accessKeyId: "{{env.ZEN_TEST_UNSET}}", secretAccessKey: "{{env.ZEN_TEST_UNSET}}" });
    await expect(store.read("run/a")).rejects.toMatchObject({
      code: "secret_not_set",
      message: "The environment variable ZEN_TEST_UNSET, which {{env.ZEN_TEST_UNSET}} refers to, is not set.",
    });
  });

  test("without checksums, and with a storage class, it writes, copies and reads the same", async () => {
    const store = storeWith({ ...OWN, checksum: "none", storageClass: "STANDARD", partSizeMib: 5, region: "us-east-1" });
    const large = new Uint8Array(12_000_000).fill(7);
    await store.write("options/large", large);
    await store.copy("options/large", "options/copy", { ifAbsent: true });
    const read = new Uint8Array(await new Response(await store.read("options/copy")).arrayBuffer());
    expect(Buffer.compare(read, large)).toBe(0);
    await expect(storeWith({ ...OWN, storageClass: "NONE" }).write("options/a", BYTES)).rejects.toMatchObject({
      code: "store_refused",
      message: expect.stringContaining("the server refused the request (InvalidStorageClass, HTTP 400, request "),
    });
  });
});
