import path from "node:path";

/** This package: what is installed beside a global `zen`, such as a flavor, counts. */
export const HOST_FOLDERS: readonly string[] = [path.dirname(__dirname)];
