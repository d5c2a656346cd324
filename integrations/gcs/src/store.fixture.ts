import { startFakeGcsServer, type RunningServer } from "@zen-tests/servers";
import { afterAll } from "vitest";
import { GCSArtifactStore } from "./artifact-store.ts";

/** Starts fake-gcs-server for a test file. */
export async function startServer(backend: "memory" | "filesystem"): Promise<RunningServer> {
  const server = await startFakeGcsServer(backend);
  afterAll(() => server[Symbol.asyncDispose]());
  return server;
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
