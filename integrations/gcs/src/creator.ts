import { randomUUID } from "node:crypto";
import type { Client } from "./client.ts";
import type { ObjectResource, ObjectTarget } from "./object-resource.ts";
import { RequestFailure } from "./request-failure.ts";
import { Retries } from "./retry.ts";

const FIELD = "zen-creator";

/**
 * Who creates an object, written into its metadata. When the answer to a request is lost and the next attempt finds the object
 * there, it is the only way to tell one's own from that of another writer.
 */
export class Creator {
  readonly #id = randomUUID();

  /** For the object that is to be created. */
  get metadata(): Readonly<Record<string, string>> {
    return { [FIELD]: this.#id };
  }

  /**
   * Creates an object.
   *
   * @param create one attempt
   */
  async run(
    client: Client,
    { bucket, name, ifAbsent }: ObjectTarget,
    retries: Retries,
    signal: AbortSignal | undefined,
    create: () => Promise<ObjectResource>,
  ): Promise<ObjectResource> {
    try {
      return await retries.run(create);
    } catch (error) {
      const refused = error instanceof RequestFailure && error.status === 412;
      if (!ifAbsent || !refused || !retries.hasFailed) throw error;
      const { data } = await retries.run(() =>
        client.json<ObjectResource>({ url: client.objectUrl(bucket, name), kind: "storage#object" }, signal),
      );
      if (data.metadata?.[FIELD] === this.#id) return data;
      throw error;
    }
  }
}
