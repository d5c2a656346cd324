import type { GraphNode } from "../component/deployment.ts";
import { bindingsOf, bodiesOf, visitBinding } from "./binding.ts";
import type { Node } from "./spec.ts";

/**
 * The graph with its dependencies worked out. `dependsOn` names nodes of the same list, in the order in which they were
 * recorded: where a node in a body takes something from outside, the map or when around it waits. Linear in the size of
 * the spec.
 */
export function toGraph(nodes: readonly Node[]): GraphNode[] {
  return graphOf(nodes, new Set());
}

/** @param outward gets the nodes outside of the list that nodes in it wait for */
function graphOf(nodes: readonly Node[], outward: Set<string>): GraphNode[] {
  const order = new Map(nodes.map(({ id }, index) => [id, index]));
  return nodes.map((node) => {
    const needed = new Set(node.after);
    for (const binding of bindingsOf(node)) visitBinding(binding, (at) => at.kind === "output" && needed.add(at.node));
    // What a map or when returns is mostly made in its own bodies.
    for (const body of bodiesOf(node)) for (const { id } of body) needed.delete(id);
    const bodies = bodiesOf(node).map((body) => graphOf(body, needed));
    const dependsOn: string[] = [];
    for (const id of needed) {
      if (order.has(id)) dependsOn.push(id);
      else outward.add(id);
    }
    dependsOn.sort((a, b) => order.get(a)! - order.get(b)!);
    return graphNode(node, dependsOn, bodies);
  });
}

function graphNode(node: Node, dependsOn: readonly string[], [first = [], second = []]: readonly GraphNode[][]): GraphNode {
  const { id } = node;
  switch (node.kind) {
    case "step":
      return { kind: "step", id, dependsOn };
    case "map":
      return {
        kind: "map",
        id,
        dependsOn,
        body: first,
        ...(node.concurrency === undefined ? {} : { concurrency: node.concurrency }),
        onError: node.onError,
      };
    case "when":
      return { kind: "when", id, dependsOn, then: first, otherwise: second };
  }
}
