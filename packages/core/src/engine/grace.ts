/** How long what is under way may take to notice that its run was cancelled, before it is left behind. */
const CANCEL_GRACE_MILLISECONDS = 3_000;

/** A limit of its own for a piece of work. */
export interface TimeLimit {
  readonly milliseconds: number;
  /** Called when the time is up. @returns what the work is rejected with */
  readonly over: () => unknown;
}

/**
 * Does some work until it settles, its time is up, or `signal` has been aborted and the work doesn't notice. Work that is
 * left behind may go on, but nobody waits for it.
 */
export function stoppable<T>(work: () => Promise<T>, signal: AbortSignal, limit?: TimeLimit): Promise<T> {
  if (signal.aborted) return Promise.reject(signal.reason as Error);
  return new Promise((resolve, reject) => {
    let grace: NodeJS.Timeout | undefined;
    const timer = limit && setTimeout(() => (end(), reject(limit.over() as Error)), limit.milliseconds);
    const onAbort = (): void => {
      grace = setTimeout(() => (end(), reject(signal.reason as Error)), CANCEL_GRACE_MILLISECONDS);
    };
    const underWay = underWayOf(signal);
    const end = (): void => {
      clearTimeout(timer);
      clearTimeout(grace);
      underWay.delete(onAbort);
    };
    underWay.add(onAbort);
    const started = async (): Promise<T> => work();
    started().then(
      (value) => (end(), resolve(value)),
      (error: unknown) => (end(), reject(error as Error)),
    );
  });
}

const waiting = new WeakMap<AbortSignal, Set<() => void>>();

/** Who is to be told when a signal is aborted: one listener for all, because one for each costs as much as a small step. */
function underWayOf(signal: AbortSignal): Set<() => void> {
  let underWay = waiting.get(signal);
  if (!underWay) {
    const told = (underWay = new Set<() => void>());
    waiting.set(signal, told);
    signal.addEventListener("abort", () => told.forEach((tell) => tell()), { once: true });
  }
  return underWay;
}
