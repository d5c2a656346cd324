import { artifactStoreConformance, type KeyLimits } from "@zen/conformance";
import {
  addVersitygwUser,
  GO_MISSING,
  startMinio,
  startProxy,
  startVersitygw,
  type FaultyProxy,
  type RunningServer,
} from "@zen-tests/servers";
import { afterAll, beforeAll, describe } from "vitest";
import { killAmidWrite } from "./child-process.fixture.ts";
import { makeBucket, readOnlyKeys, storeOn, type Keys } from "./real-server.fixture.ts";

const NOBODY = { accessKeyId: "ZENTESTSNOBODY", secretAccessKey: "zen-tests-nobody-secret" };
/** Less than the suite's large object. Only root may mount such a disk; in CI everybody who runs the tests must. */
const SMALL_DISK = { diskMebibytes: 7 };
const mayMount = process.getuid?.() === 0 || process.env["CI"] === "true";

interface Servers {
  readonly server: RunningServer;
  /** Before it, for the connection to be broken. */
  readonly proxy: FaultyProxy;
  /** One with a small disk. */
  readonly small: RunningServer | undefined;
}

async function start(one: typeof startVersitygw): Promise<Servers | undefined> {
  if (GO_MISSING !== undefined) return undefined;
  const server = await one();
  return { server, proxy: await startProxy(Number(new URL(server.url).port)), small: mayMount ? await one(SMALL_DISK) : undefined };
}

/** The servers run by now, if they can: the checks are only named here. */
function check(
  title: string,
  servers: Servers | undefined,
  keyLimits: KeyLimits,
  readerOf: (server: RunningServer) => Promise<Keys>,
): void {
  describe.skipIf(!servers)(title, () => {
    const { server, proxy, small } = servers ?? ({} as Partial<Servers>);
    const url = server?.url ?? "";
    let reader: Keys;
    beforeAll(async () => {
      await makeBucket(url, "conformance");
      if (small) await makeBucket(small.url, "conformance");
      reader = await readerOf(server!);
    });
    afterAll(async () => {
      await proxy?.[Symbol.asyncDispose]();
      await server?.[Symbol.asyncDispose]();
      await small?.[Symbol.asyncDispose]();
    });
    artifactStoreConformance({
      name: "S3ArtifactStore",
      create: (place, { breakable }) =>
        breakable ? storeOn(proxy!.url, `s3://conformance/${place}`, { maxAttempts: 3 }) : storeOn(url, `s3://conformance/${place}`),
      break: () => {
        proxy!.fault = { fromClient: () => undefined, fromServer: () => undefined };
        return () => {
          proxy!.fault = {};
        };
      },
      killAmidWrite: (place, key) => killAmidWrite(url, `s3://conformance/${place}`, key),
      keyLimits,
      failing: {
        store_unavailable: () => storeOn("http://127.0.0.1:9", "s3://conformance/none", { maxAttempts: 2 }),
        store_forbidden: () => storeOn(url, "s3://conformance/other", reader),
        ...(small && { store_full: () => storeOn(small.url, "s3://conformance/full") }),
      },
    });
  });
}

check("on versitygw", await start(startVersitygw), { segmentBytes: 255, beneathObjects: "refused" }, async (server) => {
  await addVersitygwUser(server, NOBODY);
  return NOBODY;
});
check("on MinIO", await start(startMinio), { segmentBytes: 255, beneathObjects: "unlisted" }, ({ url }) => readOnlyKeys(url));
