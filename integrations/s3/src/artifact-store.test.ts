import { artifactStoreConformance, type ArtifactStoreSubject } from "@zen/conformance";
import { addVersitygwUser, GO_MISSING, startMinio, startVersitygw, type RunningServer } from "@zen-tests/servers";
import { afterAll, beforeAll, describe } from "vitest";
import { killAmidWrite } from "./child-process.fixture.ts";
import { makeBucket, readOnlyKeys, storeOn, type Keys } from "./real-server.fixture.ts";

const NOBODY = { accessKeyId: "ZENTESTSNOBODY", secretAccessKey: "zen-tests-nobody-secret" };

/** The server is started by now, if it can be: the checks are only named here. */
function check(
  server: RunningServer | undefined,
  title: string,
  own: Pick<ArtifactStoreSubject, "keyLimits">,
  mayOnlyRead: () => Promise<Keys>,
): void {
  describe.skipIf(!server)(title, () => {
    const { url } = server ?? { url: "" };
    let reader: Keys;
    beforeAll(async () => {
      await makeBucket(url, "conformance");
      reader = await mayOnlyRead();
    });
    afterAll(() => server?.[Symbol.asyncDispose]());
    artifactStoreConformance({
      name: "S3ArtifactStore",
      create: (place) => storeOn(url, `s3://conformance/${place}`),
      killAmidWrite: (place, key) => killAmidWrite(url, `s3://conformance/${place}`, key),
      failing: {
        store_unavailable: () => storeOn("http://127.0.0.1:9", "s3://conformance/none", { maxAttempts: 2 }),
        store_forbidden: () => storeOn(url, "s3://conformance/other", reader),
      },
      ...own,
    });
  });
}

const versitygw = GO_MISSING === undefined ? await startVersitygw() : undefined;
check(versitygw, "on versitygw", { keyLimits: { segmentBytes: 255, beneathObjects: "refused" } }, async () => {
  await addVersitygwUser(versitygw!, NOBODY);
  return NOBODY;
});

const minio = GO_MISSING === undefined ? await startMinio() : undefined;
check(minio, `on MinIO`, { keyLimits: { segmentBytes: 255, beneathObjects: "unlisted" } }, () => readOnlyKeys(minio!.url));
