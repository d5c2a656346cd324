import { execFileSync } from "node:child_process";
import { buildGoServer } from "./go-server.ts";
import { startServer, type RunningServer, type ServerCommand } from "./running-server.ts";
import { S3_KEYS, type S3Keys } from "./s3-keys.ts";

const MODULE = "github.com/versity/versitygw/cmd/versitygw@v1.8.0";

/** Starts versitygw, S3 over a folder, with no bucket. Root's keys are {@link S3_KEYS}. */
export async function startVersitygw(options: Pick<ServerCommand, "diskMebibytes"> = {}): Promise<RunningServer> {
  return startServer({
    ...options,
    program: await buildGoServer(MODULE),
    args: (port, folder) => ["--quiet", "--port", `127.0.0.1:${port}`, "--iam-dir", folder.replace(/data$/, ""), "posix", folder],
    env: { ROOT_ACCESS_KEY: S3_KEYS.accessKeyId, ROOT_SECRET_KEY: S3_KEYS.secretAccessKey },
  });
}

/** Makes a user of a versitygw, who may do nothing with others' buckets. */
export async function addVersitygwUser(server: RunningServer, keys: S3Keys): Promise<void> {
  const root = ["--access", S3_KEYS.accessKeyId, "--secret", S3_KEYS.secretAccessKey, "--endpoint-url", server.url];
  const user = ["--access", keys.accessKeyId, "--secret", keys.secretAccessKey, "--role", "user"];
  execFileSync(await buildGoServer(MODULE), ["admin", ...root, "create-user", ...user], { stdio: "pipe" });
}
