import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { fromTemporaryCredentials } from "@aws-sdk/credential-providers";
import { S3_KEYS } from "@zen-tests/servers";
import { S3ArtifactStore } from "./artifact-store.ts";

type Options = Omit<ConstructorParameters<typeof S3ArtifactStore>[0], "name" | "path">;

export type Keys = Pick<Options, "accessKeyId" | "secretAccessKey" | "sessionToken">;

/** A client of the SDK itself, as root. */
export function bareClient(endpoint: string): S3Client {
  return new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true, credentials: { ...S3_KEYS } });
}

export async function makeBucket(endpoint: string, Bucket: string): Promise<void> {
  await bareClient(endpoint).send(new CreateBucketCommand({ Bucket }));
}

/** Credentials that may only read, or do what is given, made by MinIO, as a role of AWS would make them. */
export async function readOnlyKeys(endpoint: string, Action: readonly string[] = ["s3:GetObject"]): Promise<Keys> {
  const policy = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource: ["arn:aws:s3:::*"] }] };
  const keys = await fromTemporaryCredentials({
    masterCredentials: { ...S3_KEYS },
    params: { RoleArn: "arn:aws:iam::123456789012:role/reader", RoleSessionName: "zen", Policy: JSON.stringify(policy) },
    clientConfig: { endpoint, region: "us-east-1" },
  })();
  return { accessKeyId: keys.accessKeyId, secretAccessKey: keys.secretAccessKey, sessionToken: keys.sessionToken! };
}

/** A store in a bucket of a server of the tests. */
export function storeOn(endpoint: string, path: string, options: Options = {}): S3ArtifactStore {
  return new S3ArtifactStore({ name: "test", path, endpoint, ...S3_KEYS, ...options });
}
