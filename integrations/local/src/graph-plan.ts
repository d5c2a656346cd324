import type { GraphNode } from "@zen/core";

/** A list of nodes with its wires turned round: who waits for each, and for how many each waits. */
export interface GraphPlan {
  readonly nodes: readonly GraphNode[];
  /** Indexes of the nodes that wait for the node at this index. */
  readonly dependants: readonly (readonly number[])[];
  readonly waitsFor: readonly number[];
}

/** Linear in nodes and wires. A wire that is named twice counts once. */
export function planOf(nodes: readonly GraphNode[]): GraphPlan {
  const indexes = new Map(nodes.map(({ id }, index) => [id, index]));
  const dependants: number[][] = nodes.map(() => []);
  const waitsFor = nodes.map(({ dependsOn }, index) => {
    const needed = new Set(dependsOn);
    for (const id of needed) dependants[indexes.get(id)!]!.push(index);
    return needed.size;
  });
  return { nodes, dependants, waitsFor };
}
