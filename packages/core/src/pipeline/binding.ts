import { decodeValue, encodeValue } from "../artifact/encode.ts";
import { formatPath } from "../artifact/value-path.ts";
import type { Binding, Node, PipelineSpec } from "./spec.ts";

/** A plain value as a binding: JSON where JSON keeps it exactly. A copy, so that later changes of `value` don't count. */
export function valueBinding(value: unknown): Binding {
  const { materializer, text } = encodeValue(value);
  return materializer === "json" ? { kind: "value", json: JSON.parse(text) } : { kind: "value", rich: text };
}

/** The binding of a property of what `binding` stands for. */
export function partOf(binding: Binding, key: string | number): Binding {
  switch (binding.kind) {
    case "output":
    case "item":
    case "artifact":
      return { ...binding, path: [...(binding.path ?? []), key] };
    case "object":
      return Object.hasOwn(binding.fields, key) ? binding.fields[key]! : valueBinding(undefined);
    case "list":
      return binding.items[Number(key)] ?? valueBinding(undefined);
    case "value": {
      const value: unknown = "rich" in binding ? decodeValue("rich", binding.rich) : binding.json;
      const has = typeof value === "object" && value !== null && Object.hasOwn(value, key);
      return valueBinding(has ? (value as Record<string | number, unknown>)[key] : undefined);
    }
    default:
      return valueBinding(undefined);
  }
}

/** What a binding stands for, as a person should read it: `split.train[0].x`. */
export function describeBinding(binding: Binding): string {
  switch (binding.kind) {
    case "output":
      return `${binding.node}.${binding.output}${formatPath(binding.path ?? [])}`;
    case "item":
      return `${binding.map}.item${formatPath(binding.path ?? [])}`;
    case "index":
      return `${binding.map}.index`;
    case "artifact":
      return `artifact(${binding.id})${formatPath(binding.path ?? [])}`;
    case "compare":
      return `${describeBinding(binding.left)} ${binding.op} ${describeBinding(binding.right)}`;
    case "secret":
      return `secret(${JSON.stringify(binding.name)})`;
    case "value":
      return "rich" in binding ? "value" : shorten(JSON.stringify(binding.json));
    case "list":
    case "object":
      return "artifact";
  }
}

/** Visits a binding and all bindings in it. */
export function visitBinding(binding: Binding, visit: (binding: Binding) => void): void {
  visit(binding);
  switch (binding.kind) {
    case "list":
      for (const item of binding.items) visitBinding(item, visit);
      break;
    case "object":
      for (const field of Object.values(binding.fields)) visitBinding(field, visit);
      break;
    case "compare":
      visitBinding(binding.left, visit);
      visitBinding(binding.right, visit);
      break;
    default:
  }
}

/** The bindings that a node itself has; not those of the nodes in its bodies. */
export function bindingsOf(node: Node): readonly Binding[] {
  switch (node.kind) {
    case "step":
      return [node.inputs];
    case "map":
      return [node.items, node.result];
    case "when":
      return [node.condition, ...node.results];
  }
}

/** The lists of nodes that a node contains. */
export function bodiesOf(node: Node): readonly (readonly Node[])[] {
  return node.kind === "map" ? [node.body] : node.kind === "when" ? [node.then, node.otherwise] : [];
}

/** All nodes, at any depth, each before those in it. */
export function* allNodes(nodes: readonly Node[]): Generator<Node> {
  for (const node of nodes) {
    yield node;
    for (const body of bodiesOf(node)) yield* allNodes(body);
  }
}

/** The nodes that a binding takes outputs of, in order, each once. */
export function nodeIds(binding: Binding): Set<string> {
  const ids = new Set<string>();
  visitBinding(binding, (inner) => inner.kind === "output" && ids.add(inner.node));
  return ids;
}

/** The artifacts of earlier runs that a pipeline takes, each once. */
export function artifactIds(spec: PipelineSpec): Set<string> {
  const ids = new Set<string>();
  const collect = (binding: Binding): void => visitBinding(binding, (inner) => inner.kind === "artifact" && ids.add(inner.id));
  for (const binding of Object.values(spec.parameters)) collect(binding);
  for (const node of allNodes(spec.nodes)) for (const binding of bindingsOf(node)) collect(binding);
  collect(spec.outputs);
  return ids;
}

function shorten(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 39)}…`;
}
