// What calls, bodies and runs give: types only, nothing here runs.
import { map, pipeline, step, when, atLeast, type Artifact, type Handle, type HandleRef, type Settled } from "@zen/core";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(..._proof: Same<A, B> extends true ? [] : [never]): void => {};

const fit = step("fit", ({ rate }: { rate: number }) => ({ rate, accuracy: 0.9 }));
const show = step("show", (_: { v: unknown }): void => {});
declare const stored: Artifact<number>;

export const bodies = pipeline("bodies", () => {
  const model = fit({ rate: 1 });
  // Each leaf of a body becomes a list; plain values and artifacts are leaves, too.
  const each = map([1, 2], (rate) => ({ accuracy: fit({ rate }).accuracy, label: "x", stored }));
  same<typeof each.accuracy, Handle<number[]>>();
  same<typeof each.label, Handle<string[]>>();
  same<typeof each.stored, Handle<number[]>>();
  const settled = map([1, 2], (rate) => fit({ rate }), { onError: "settle" });
  same<typeof settled, Handle<Settled<{ rate: number; accuracy: number }>[]>>();
  const nothing = map([1, 2], (rate) => void show({ v: rate }));
  same<typeof nothing, HandleRef<void[]>>();
  // One of two, leaf by leaf.
  const either = when(
    atLeast(model.accuracy, 1),
    () => ({ rate: model.rate, name: "good" }),
    () => ({ rate: 0, name: model.accuracy }),
  );
  same<typeof either.rate, Handle<number>>();
  same<typeof either.name, Handle<string | number>>();
  const made = when(
    atLeast(model.accuracy, 1),
    () => model,
    () => ({ rate: 0, accuracy: fit({ rate: 2 }).accuracy }),
  );
  void (made satisfies Handle<{ rate: number; accuracy: number }>);
  const perhaps = when(atLeast(model.accuracy, 1), () => model);
  same<typeof perhaps, Handle<{ rate: number; accuracy: number } | undefined>>();
  return { model, label: either.name, list: [model, each.accuracy] as const, stored, count: 3 };
});

export async function read(): Promise<void> {
  const { outputs } = await bodies().run();
  same<typeof outputs.model, Artifact<{ rate: number; accuracy: number }>>();
  same<typeof outputs.label, Artifact<string | number>>();
  same<(typeof outputs.list)[1], Artifact<number[]>>();
  same<typeof outputs.stored, Artifact<number>>();
  same<typeof outputs.count, Artifact<number>>();
  // A spread of a call has its outputs, and neither run nor spec.
  const spread = { ...bodies() };
  // @ts-expect-error left out of the spread
  void spread.run;
  // A stored value is accepted wherever a handle is.
  pipeline("next", () => void show({ v: { deep: [outputs.stored] } }));
}
