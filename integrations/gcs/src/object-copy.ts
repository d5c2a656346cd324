import type { Client } from "./client.ts";
import type { GCSConfig } from "./config-schema.ts";
import { Creator } from "./creator.ts";
import type { ObjectResource, ObjectTarget } from "./object-resource.ts";
import { RequestFailure } from "./request-failure.ts";
import { Retries } from "./retry.ts";

/** One answer of a rewriting: large objects take several requests. */
interface Rewriting {
  readonly done: boolean;
  readonly rewriteToken?: string;
  readonly resource?: ObjectResource;
}

/** Copies an object within a bucket, on the server. */
export function copyObject(
  client: Client,
  config: GCSConfig,
  source: ObjectResource,
  target: ObjectTarget,
  signal: AbortSignal | undefined,
): Promise<ObjectResource> {
  const { bucket, name, ifAbsent } = target;
  const creator = new Creator();
  const retries = new Retries(config.maxAttempts, signal);
  const object = {
    contentType: source.contentType,
    storageClass: config.storageClass,
    ...(ifAbsent && { metadata: creator.metadata }),
  };
  let rewriteToken: string | undefined;
  return creator.run(client, target, retries, signal, async () => {
    for (;;) {
      const { data } = await client.json<Rewriting>(
        {
          method: "POST",
          url: client.objectUrl(bucket, source.name, `/rewriteTo/b/${encodeURIComponent(bucket)}/o/${encodeURIComponent(name)}`),
          query: {
            sourceGeneration: source.generation,
            ifGenerationMatch: ifAbsent ? 0 : undefined,
            destinationKmsKeyName: config.kmsKeyName,
            rewriteToken,
          },
          kind: "storage#rewriteResponse",
          headers: { "content-type": "application/json" },
          body: [Buffer.from(JSON.stringify(object))],
        },
        signal,
      );
      if (data.done) return data.resource!;
      ({ rewriteToken } = data);
      // Without one the server would begin anew, again and again.
      if (rewriteToken === undefined) throw new RequestFailure("unfaithful", "it has no rewriteToken", { mayPass: false });
    }
  });
}
