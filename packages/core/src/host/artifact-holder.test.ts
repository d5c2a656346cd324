import { expect, onTestFinished, test } from "vitest";
import type { BaseArtifactStore } from "../component/artifact-store.ts";
import { ArtifactHolder } from "./artifact-holder.ts";
import { artifactOf, artifactStore, runOf } from "./local-stores.fixture.ts";

const BYTES = new TextEncoder().encode("bytes");

/** A store whose `path` another one may have as well, as two servers have a bucket of the same name. */
function server(name: string, path = "s3://bucket/zen"): BaseArtifactStore {
  const store = artifactStore(name);
  return new Proxy<BaseArtifactStore>(store, {
    get(_, key) {
      const value: unknown = key === "path" ? path : Reflect.get(store, key);
      return typeof value === "function" ? (value.bind(store) as unknown) : value;
    },
  });
}

function holderOf(active: BaseArtifactStore, ...registered: readonly BaseArtifactStore[]): ArtifactHolder {
  const holder = new ArtifactHolder({
    active: async () => active,
    withPath: async (path) => [active, ...registered].filter((store) => store.path === path),
  });
  onTestFinished(() => holder.close());
  return holder;
}

const record = artifactOf(2, runOf(1), "make", BYTES, "s3://bucket/zen");

test("of stores with the same path, the one that has the artifact", async () => {
  const [active, other] = [server("active"), server("other")];
  await other.write(record.key, BYTES);
  expect((await holderOf(active, server("empty"), other).of(record)).name).toBe("other");
  await active.write(record.key, BYTES);
  expect((await holderOf(active, other).of(record)).name).toBe("active");
});

test("where none has it, one that should, which then says that it is gone", async () => {
  const [active, other] = [server("active"), server("other")];
  expect((await holderOf(active).of(record)).name).toBe("active");
  expect((await holderOf(active, other).of(record)).name).toBe("active");
  expect((await holderOf(server("elsewhere", "s3://mine"), other).of(record)).name).toBe("other");
});

test("a copy in the active store goes first; another size is no copy", async () => {
  const [active, named] = [server("active", "s3://mine"), server("named")];
  await named.write(record.key, BYTES);
  await active.write(record.key, BYTES.subarray(1));
  expect((await holderOf(active, named).of(record)).name).toBe("named");
  await active.write(record.key, BYTES);
  expect((await holderOf(active, named).of(record)).name).toBe("active");
});

test("an active store that can't be asked hides no other one; alone, it says why", async () => {
  const local = artifactStore("active");
  const active = Object.assign(local, { stat: () => Promise.reject(new Error("no connection")) });
  expect((await holderOf(active, server("named")).of(record)).name).toBe("named");
  await expect(holderOf(active).of(record)).rejects.toThrow("no connection");
});

test("where no registered store has the path, the error says how to register one", async () => {
  await expect(holderOf(server("active", "s3://mine")).of(record)).rejects.toMatchObject({
    code: "wrong_artifact_store",
    message: `The artifact ${record.id} is in s3://bucket/zen, the artifact store of the active stack is s3://mine, and no other one that is registered has that path.`,
    hint: "Register it: zen artifact-store register NAME --flavor=FLAVOR --path=s3://bucket/zen",
  });
});
