import { execFile } from "node:child_process";
import { promisify } from "node:util";

const RIGHTS = "-dac_override,-dac_read_search";

/**
 * Runs `node …args` such that the modes of files and folders bind it, also when the tests run as root, who may otherwise
 * write anywhere. It stays the same user, so it reads whatever that user may read.
 */
export async function boundByModes(args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<{ stdout: string }> {
  const isRoot = process.getuid?.() === 0;
  const [command, before] = isRoot
    ? ["setpriv", [`--bounding-set=${RIGHTS}`, `--inh-caps=${RIGHTS}`, process.execPath]]
    : [process.execPath, []];
  return promisify(execFile)(command, [...before, ...args], { env });
}
