import { fileURLToPath } from "node:url";

/** A file of real data: in `ZEN_DATA_DIR`, else in the folder `shared/data` beside the repository. */
export const data = (name: string): string =>
  `${process.env["ZEN_DATA_DIR"] ?? fileURLToPath(new URL("../../../../../../shared/data", import.meta.url))}/${name}`;
