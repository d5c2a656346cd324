import type { ArtifactStoreCase } from "../artifact-store.ts";
import type { Check } from "../check.ts";
import { refused } from "../refused.ts";
import { sample, text } from "./bytes.ts";

export const errorChecks: readonly Check<ArtifactStoreCase>[] = [
  {
    promise: "says object_not_found, with the key, when there is nothing to read",
    async run(given) {
      const store = await given.store();
      await refused("object_not_found", store.read("run/none"), "run/none", "read");
      await store.write("run/object", text("x"));
      for (const key of ["run", "run/none", "run/object/below", "object"]) await refused("object_not_found", store.read(key), key, "read");
    },
  },
  ...(["store_forbidden", "store_full", "store_unavailable"] as const).map((code): Check<ArtifactStoreCase> => ({
    promise: `says ${code}, with the key, the operation and what to do`,
    needs: `failing.${code}`,
    async run({ subject }) {
      const store = await subject.failing![code]!();
      // More than any disk that is full has left, and small: different ways.
      await refused(code, store.write("run/large", sample(8_000_000)), "run/large", "write");
      if (code !== "store_full") await refused(code, store.write("run/small", text("x")), "run/small", "write");
      await store.close();
    },
  })),
];
