import { artifactStoreConformance } from "@zen/conformance";
import { GO_MISSING, startProxy } from "@zen-tests/servers";
import { afterAll, describe } from "vitest";
import { killAfterOutput } from "./child-process.fixture.ts";
import { startServer, storeAt } from "./store.fixture.ts";
import { startGateway } from "./gateway.fixture.ts";

const skip = GO_MISSING !== undefined;
const server = skip ? undefined! : await startServer("memory");
// Nothing that the server itself has limits for.
const full = skip ? undefined! : await startGateway(server.url);
// Cuts connections that are open, too.
const breaking = skip ? undefined! : await startProxy(server.port);
const forbidding = skip ? undefined! : await startGateway(server.url);

afterAll(() => breaking?.[Symbol.asyncDispose]());

/** Writes more than one part, and then never goes on. */
const writeForEver = (place: string, key: string): string => `
  const store = new GCSArtifactStore({ name: "test", path: ${JSON.stringify(`gs://zen/${place}`)}, apiEndpoint: ${JSON.stringify(server.url)}, partSizeMib: 1 });
  setInterval(() => {}, 1000);
  await store.write(${JSON.stringify(key)}, (async function* () {
    for (let n = 0; n < 8; n++) yield new Uint8Array(1 << 20);
    console.log("half");
    await new Promise(() => {});
  })());`;

describe.skipIf(skip)("on fake-gcs-server", () => {
  artifactStoreConformance({
    name: "GCSArtifactStore",
    create: (place, { breakable }) => (breakable ? storeAt(breaking.url, place, { maxAttempts: 2 }) : storeAt(server.url, place)),
    break: () => {
      breaking.fault = { fromClient: () => undefined, fromServer: () => undefined };
      return () => {
        breaking.fault = {};
      };
    },
    killAmidWrite: (place, key) => killAfterOutput(writeForEver(place, key)),
    // What fake-gcs-server takes at most.
    largeMebibytes: 64,
    failing: {
      store_unavailable: () => storeAt("http://127.0.0.1:1", "nowhere", { maxAttempts: 2 }),
      store_forbidden: () => {
        forbidding.fault = () => ({ answer: { status: 403 } });
        return storeAt(forbidding.url, "forbidden");
      },
      store_full: () => {
        full.fault = () => ({ answer: { status: 403, body: JSON.stringify({ error: { errors: [{ reason: "quotaExceeded" }] } }) } });
        return storeAt(full.url, "full");
      },
    },
  });
});
