import type { RunEvent } from "@zen/core/host";

type OfStep = Exclude<RunEvent, { type: "run.started" | "run.finished" }>;
type Settled = "completed" | "cached" | "failed" | "skipped" | "cancelled";

/** One line of the tree: a step, all items of a mapped step together, or a pipeline that holds steps. */
export interface TreeNode {
  /** The last part of its id. */
  readonly name: string;
  readonly depth: number;
  readonly children: Map<string, TreeNode>;
  /** Whether a step itself, and not only what holds steps. */
  isStep: boolean;
  /** Whether it has items: ids with keys. */
  isMap: boolean;
  readonly settled: Record<Settled, number>;
  /** What runs now, by id with keys, and since when. */
  readonly running: Map<string, number>;
  /** Of the one that reported last. */
  progress: { done: number; total?: number; message?: string } | undefined;
  /** Why it was cached, how it failed, or what it waits for. */
  note: string | undefined;
  milliseconds: number;
  /** Rises with every event of it: the lines that changed last are shown first where there is no room for all. */
  touched: number;
}

/** What a run looks like so far, made from its events. Its size grows with the pipeline, not with the items of its maps. */
export class RunProgress {
  readonly root: TreeNode = node("", -1);
  started: Extract<RunEvent, { type: "run.started" }> | undefined;
  #ids = 0;

  apply(event: RunEvent, now: number): void {
    if (event.type === "run.started") this.started = event;
    if (event.type !== "run.started" && event.type !== "run.finished") this.#ofStep(event, now);
  }

  #ofStep(event: OfStep, now: number): void {
    const step = this.#find(event.node);
    step.touched = ++this.#ids;
    switch (event.type) {
      case "step.started":
        step.running.set(event.node, now);
        if (event.attempt > 1) step.note = `attempt ${event.attempt}`;
        return;
      case "step.log":
        return;
      case "step.progress":
        step.progress = event;
        return;
      case "step.retried":
        step.note = `attempt ${event.attempt} failed: ${event.message}`;
        step.progress = undefined;
        return;
      case "step.completed":
        step.milliseconds = event.milliseconds;
        return settle(step, event.node, "completed", undefined);
      case "step.cached":
        return settle(step, event.node, "cached", event.reason);
      case "step.failed":
        return settle(step, event.node, "failed", event.message);
      case "step.skipped":
        return settle(step, event.node, "skipped", undefined);
      case "step.cancelled":
        return settle(step, event.node, "cancelled", undefined);
    }
  }

  #find(id: string): TreeNode {
    let at = this.root;
    const parts = id.split("/");
    for (const [i, part] of parts.entries()) {
      const name = part.replace(/(\[[^\]]*\])+$/, "");
      let child = at.children.get(name);
      if (!child) {
        child = node(name, at.depth + 1);
        child.touched = this.#ids;
        at.children.set(name, child);
      }
      if (i === parts.length - 1) {
        child.isStep = true;
        child.isMap ||= name !== part;
      }
      at = child;
    }
    return at;
  }
}

function node(name: string, depth: number): TreeNode {
  return {
    name,
    depth,
    children: new Map(),
    isStep: false,
    isMap: false,
    settled: { completed: 0, cached: 0, failed: 0, skipped: 0, cancelled: 0 },
    running: new Map(),
    progress: undefined,
    note: undefined,
    milliseconds: 0,
    touched: 0,
  };
}

function settle(step: TreeNode, id: string, as: Settled, note: string | undefined): void {
  step.running.delete(id);
  step.settled[as]++;
  // The first failure of a map's items is the one to show.
  if (!(step.isMap && step.settled.failed > 0 && as !== "failed") && !(as === "failed" && step.settled.failed > 1)) step.note = note;
  step.progress = undefined;
}
