import { expect, test } from "vitest";
import { Semaphore } from "./semaphore.ts";

test("lets so many through, and the others in the order in which they came", async () => {
  const semaphore = new Semaphore(2);
  const through: number[] = [];
  const ends = [await semaphore.turn(undefined), await semaphore.turn(undefined)];
  const waiting = [1, 2].map(async (id) => {
    const end = await semaphore.turn(undefined);
    through.push(id);
    return end;
  });
  await Promise.resolve();
  expect(through).toEqual([]);
  ends[0]!();
  ends[0]!();
  const end = await waiting[0]!;
  expect(through).toEqual([1]);
  end();
  await waiting[1];
  expect(through).toEqual([1, 2]);
});

test("whoever gives up waiting lets the next one through, and keeps no turn", async () => {
  const semaphore = new Semaphore(1);
  const end = await semaphore.turn(undefined);
  const aborter = new AbortController();
  const given = semaphore.turn(aborter.signal);
  const next = semaphore.turn(undefined);
  aborter.abort(new Error("enough"));
  await expect(given).rejects.toThrow("enough");
  await expect(semaphore.turn(aborter.signal)).rejects.toThrow("enough");
  end();
  (await next)();
  (await semaphore.turn(undefined))();
});
