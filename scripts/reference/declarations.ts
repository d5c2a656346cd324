import { readFileSync } from "node:fs";
import path from "node:path";
import { parseSync, visitorKeys, type Comment, type Node } from "oxc-parser";
import { parseDocComment, type DocComment } from "./doc-comment.ts";

/** One exported name, with all of its overloads. */
export interface ApiSymbol {
  readonly name: string;
  readonly kind: "function" | "class" | "const" | "interface" | "type";
  readonly doc: DocComment;
  /** TypeScript, without what is private or internal. */
  readonly signature: string;
  /** The types that the signature refers to, by name. */
  readonly refersTo: ReadonlySet<string>;
}

/** A symbol as the index exports it. */
export interface ApiEntry extends ApiSymbol {
  /** Whether it can be named but not used as a value, also if it is a class. */
  readonly typeOnly: boolean;
}

export interface ApiSection {
  /** Empty where the index has no sections. */
  readonly title: string;
  readonly entries: readonly ApiEntry[];
}

export interface PackageApi {
  /** What the index says of the package. */
  readonly doc: DocComment;
  readonly sections: readonly ApiSection[];
}

/**
 * What a package exports, in the order of its index and under the index's headings: comments of one line, each before its exports.
 *
 * @param index the source of the index, which has the headings
 * @param types the folder of the declarations that tsc made of the sources: there every type is written out
 */
export function packageApi(index: string, types: string): PackageApi {
  const source = parse(index);
  const headings = source.comments.filter(({ type }) => type === "Line");
  const sections = new Map<string, ApiEntry[]>();
  for (const node of source.program.body) {
    if (node.type !== "ExportNamedDeclaration" && node.type !== "ExportAllDeclaration") continue;
    const title = headings.findLast(({ end }) => end < node.start)?.value.trim() ?? "";
    const symbols = exported(path.join(types, node.source!.value));
    const typesOnly = node.exportKind === "type";
    const entries =
      node.type === "ExportAllDeclaration"
        ? [...symbols.values()].map((symbol) => ({ ...symbol, typeOnly: typesOnly }))
        : node.specifiers.map(({ local, exportKind }) => ({
            ...symbols.get(nameOf(local))!,
            typeOnly: typesOnly || exportKind === "type",
          }));
    sections.set(title, [...(sections.get(title) ?? []), ...entries.filter(({ doc }) => !isInternal(doc))]);
  }
  return {
    doc: parseDocComment(source.comments.find(({ type }) => type === "Block")?.value ?? ""),
    sections: [...sections].map(([title, entries]) => ({ title, entries })),
  };
}

/** What a module declares and exports, also by star. @param module as imports name it, with `.ts` */
function exported(module: string): Map<string, ApiSymbol> {
  const { text, comments, program } = parse(module.replace(/\.ts$/, ".d.ts"));
  const found = new Map<string, ApiSymbol>();
  for (const node of program.body) {
    if (node.type === "ExportAllDeclaration") {
      for (const [name, symbol] of exported(path.join(path.dirname(module), node.source.value))) found.set(name, symbol);
    } else if (node.type === "ExportNamedDeclaration" && node.declaration) {
      const { declaration } = node;
      const named = declaration.type === "VariableDeclaration" ? declaration.declarations[0]! : declaration;
      const name = nameOf(named.id!);
      const hidden = hiddenMembers(declaration, text, comments);
      const signature = signatureOf(node, hidden, text, comments);
      const before = found.get(name);
      found.set(name, {
        name,
        kind: before?.kind ?? kindOf(declaration),
        doc: before?.doc ?? docOf(node, text, comments),
        signature: before ? `${before.signature}\n${signature}` : signature,
        refersTo: new Set([...(before?.refersTo ?? []), ...referencesOf(declaration, hidden)]),
      });
    }
  }
  return found;
}

function kindOf(declaration: Node): ApiSymbol["kind"] {
  switch (declaration.type) {
    case "ClassDeclaration":
      return "class";
    case "TSInterfaceDeclaration":
      return "interface";
    case "TSTypeAliasDeclaration":
      return "type";
    case "VariableDeclaration": {
      const { id } = declaration.declarations[0]!;
      return "typeAnnotation" in id && id.typeAnnotation?.typeAnnotation.type === "TSFunctionType" ? "function" : "const";
    }
    default:
      return "function";
  }
}

function signatureOf(node: Node, hidden: readonly Node[], text: string, comments: readonly Comment[]): string {
  let signature = "";
  let from = node.start;
  for (const member of hidden) {
    signature += text.slice(from, commentOf(member, text, comments)?.start ?? member.start);
    from = member.end;
  }
  signature += text.slice(from, node.end);
  return signature.replace(/^export (declare )?/, "").replace(/\{@link ([^}]+)\}/g, "$1");
}

/** Members that a reader has no use for, in the order of the text. */
function hiddenMembers(node: Node, text: string, comments: readonly Comment[]): Node[] {
  return nodesOf(node).filter((member) => {
    if (member.type !== "PropertyDefinition" && member.type !== "MethodDefinition" && member.type !== "TSPropertySignature") return false;
    if (member.type !== "TSPropertySignature" && (member.key.type === "PrivateIdentifier" || member.accessibility === "private"))
      return true;
    return isInternal(docOf(member, text, comments));
  });
}

function referencesOf(declaration: Node, hidden: readonly Node[]): string[] {
  const nodes = nodesOf(declaration).filter((node) => !hidden.some(({ start, end }) => start <= node.start && node.end <= end));
  const parameters = new Set(nodes.flatMap((one) => (one.type === "TSTypeParameter" ? [one.name.name] : [])));
  return nodes.flatMap(referencedBy).flatMap((name) => (name.type === "Identifier" && !parameters.has(name.name) ? [name.name] : []));
}

function referencedBy(node: Node): Node[] {
  switch (node.type) {
    case "TSTypeReference":
      return [node.typeName];
    case "TSInterfaceHeritage":
    case "TSClassImplements":
      return [node.expression];
    case "ClassDeclaration":
      return node.superClass ? [node.superClass] : [];
    default:
      return [];
  }
}

/** A node and all below it, in the order of the text. */
function nodesOf(node: Node): Node[] {
  const children = (visitorKeys[node.type] ?? []).flatMap((key) => (node as unknown as Record<string, Node | Node[] | null>)[key] ?? []);
  return [node, ...children.flatMap(nodesOf)];
}

/** The comment that stands just before a node. */
function commentOf(node: Node, text: string, comments: readonly Comment[]): Comment | undefined {
  const comment = comments.findLast(({ type, end }) => type === "Block" && end <= node.start);
  return comment && text.slice(comment.end, node.start).trim() === "" ? comment : undefined;
}

function docOf(node: Node, text: string, comments: readonly Comment[]): DocComment {
  return parseDocComment(commentOf(node, text, comments)?.value ?? "");
}

function isInternal({ tags }: DocComment): boolean {
  return tags.some(({ name }) => name === "internal");
}

function nameOf(node: Node): string {
  return "name" in node && typeof node.name === "string" ? node.name : "";
}

function parse(file: string): { text: string; comments: Comment[]; program: ReturnType<typeof parseSync>["program"] } {
  const text = readFileSync(file, "utf8");
  const { comments, program } = parseSync(file, text);
  return { text, comments, program };
}
