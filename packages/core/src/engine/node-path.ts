import type { MapItem } from "../component/deployment.ts";
import type { Node } from "../pipeline/spec.ts";

/** Where a node stands: which maps are around it, the outermost first, and whether one of them contains failures. */
export interface NodePlace {
  readonly node: Node;
  readonly maps: readonly string[];
  /** Inside a map with `onError: "settle"`. */
  readonly contained: boolean;
}

/** All nodes of a spec, at any depth, by id. */
export function placesOf(nodes: readonly Node[]): Map<string, NodePlace> {
  const places = new Map<string, NodePlace>();
  const walk = (list: readonly Node[], maps: readonly string[], contained: boolean): void => {
    for (const node of list) {
      places.set(node.id, { node, maps, contained });
      if (node.kind === "map") walk(node.body, [...maps, node.id], contained || node.onError === "settle");
      if (node.kind === "when") {
        walk(node.then, maps, contained);
        walk(node.otherwise, maps, contained);
      }
    }
  };
  walk(nodes, [], false);
  return places;
}

/** A node's id in one run: `sweep/fit[rate=0.1]`, the keys of its maps' items in order. */
export function instanceId(id: string, items: readonly MapItem[]): string {
  return items.length === 0 ? id : `${id}${items.map(({ key }) => `[${key}]`).join("")}`;
}

/** In a key `[`, `]`, `/`, `%` and control characters are percent-encoded, so that ids can be taken apart. */
export function encodeItemKey(key: string): string {
  return key.replace(
    /[[\]/%\u0000-\u001f\u007f]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}
