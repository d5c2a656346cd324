import { buildGoServer, startServer, type RunningServer } from "@zen-tests/servers";
import { afterAll } from "vitest";
import { GCSArtifactStore } from "./artifact-store.ts";

const MODULE = "github.com/fsouza/fake-gcs-server@v1.56.1";

/**
 * Starts fake-gcs-server for a test file, with an empty bucket `zen`. What it doesn't do as Google does: credentials are not
 * looked at, preconditions of a copy or a deletion aren't either, objects have at most 64 MiB, and an unfinished upload that is
 * asked how far it got is finished by that: `Gateway` stands in for the last three.
 *
 * @param backend `memory` takes any key; `filesystem` keeps its objects when it is killed
 */
export async function startFakeGcsServer(backend: "memory" | "filesystem"): Promise<RunningServer> {
  const server = await startServer({
    program: await buildGoServer(MODULE),
    args: (port, folder) =>
      `-scheme http -host 127.0.0.1 -port ${port} -log-level error -backend ${backend} -filesystem-root ${folder}`.split(" "),
    // Its uploads are one growing slice each.
    env: { GOGC: "50", STORAGE_EMULATOR_HOST: "" },
  });
  afterAll(() => server[Symbol.asyncDispose]());
  await makeBucket(server.url, "zen");
  return server;
}

export async function makeBucket(url: string, name: string): Promise<void> {
  const response = await fetch(`${url}/storage/v1/b?project=test`, { method: "POST", body: JSON.stringify({ name }) });
  if (!response.ok) throw new Error(`The bucket ${name} can't be made: ${await response.text()}`);
}

/** A component over the bucket `zen`. Failures end soon. */
export function storeAt(
  apiEndpoint: string,
  place: string,
  options: Partial<ConstructorParameters<typeof GCSArtifactStore>[0]> = {},
): GCSArtifactStore {
  return new GCSArtifactStore({
    name: "test",
    path: `gs://zen/${place}`,
    apiEndpoint,
    timeoutSeconds: 10,
    maxAttempts: 5,
    ...options,
  });
}
