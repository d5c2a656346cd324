import { buildGoServer } from "./go-server.ts";
import { startServer, type RunningServer } from "./running-server.ts";

const MODULE = "github.com/fsouza/fake-gcs-server@v1.56.1";

/**
 * Starts fake-gcs-server, Google Cloud Storage's JSON API, with an empty bucket `zen`. What it doesn't do as Google does:
 * credentials are not looked at, nor preconditions of a copy or a deletion; objects have at most 64 MiB; an unfinished upload
 * that is asked how far it got is finished by that.
 *
 * @param backend `memory` takes any key; `filesystem` keeps its objects when it is killed
 */
export async function startFakeGcsServer(backend: "memory" | "filesystem"): Promise<RunningServer> {
  const server = await startServer({
    program: await buildGoServer(MODULE),
    args: (port, folder) =>
      `-scheme http -host 127.0.0.1 -port ${port} -log-level error -backend ${backend} -filesystem-root ${folder}`.split(" "),
    // Each of its uploads is one growing slice.
    env: { GOGC: "50" },
  });
  try {
    await makeGcsBucket(server.url, "zen");
    return server;
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
}

/** Makes a bucket in a fake-gcs-server. */
export async function makeGcsBucket(url: string, name: string): Promise<void> {
  const response = await fetch(`${url}/storage/v1/b?project=test`, { method: "POST", body: JSON.stringify({ name }) });
  if (!response.ok) throw new Error(`The bucket ${name} can't be made: ${await response.text()}`);
}
