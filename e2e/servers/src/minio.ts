import { buildGoServer } from "./go-server.ts";
import { S3_KEYS } from "./s3-keys.ts";
import { startServer, type RunningServer, type ServerCommand } from "./running-server.ts";

/** Starts MinIO, with no bucket. Root's keys are {@link S3_KEYS}. */
export async function startMinio(options: Pick<ServerCommand, "diskMebibytes"> = {}): Promise<RunningServer> {
  return startServer({
    ...options,
    program: await buildGoServer("github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c"),
    args: (port, folder) => ["server", "--quiet", "--address", `127.0.0.1:${port}`, "--console-address", "127.0.0.1:0", folder],
    env: { MINIO_ROOT_USER: S3_KEYS.accessKeyId, MINIO_ROOT_PASSWORD: S3_KEYS.secretAccessKey, MINIO_BROWSER: "off", MINIO_UPDATE: "off" },
    isReady: async (url) => (await fetch(`${url}/minio/health/ready`)).ok,
  });
}
