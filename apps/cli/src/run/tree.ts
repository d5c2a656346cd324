import { stripVTControlCharacters, styleText } from "node:util";
import type { RunEvent } from "@zen/core/host";
import { duration } from "../output/format.ts";
import { textWidth, truncate } from "../output/text-width.ts";
import { progressText } from "./lines-view.ts";
import type { RunProgress, TreeNode } from "./run-progress.ts";

const SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";
const SPINNER_MILLISECONDS = 80;
const BAR_COLUMNS = 16;

export interface TreeSpace {
  readonly columns: number;
  readonly rows: number;
  readonly colours: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

type Style = Parameters<typeof styleText>[0];

/** The tree as text, in lines no wider, and no more of them, than there is space for. */
export function treeLines(progress: RunProgress, space: TreeSpace): string[] {
  const steps = chosen(listed(progress.root), space.rows - 1);
  const nameWidth = Math.min(
    Math.max(...steps.shown.map((step) => indentOf(step).length + textWidth(step.name)), 0),
    Math.floor(space.columns / 2),
  );
  const lines = steps.shown.map((step) => stepLine(step, nameWidth, space));
  if (steps.hidden > 0) lines.push(fitted([["dim", `  … ${steps.hidden} more`]], space));
  const { started } = progress;
  if (started)
    lines.unshift(
      fitted(
        [
          ["bold", started.name],
          [undefined, ` on stack ${started.stack}`],
        ],
        space,
      ),
    );
  return lines;
}

/** Whether an event is to stay as a line of its own, because the tree shows it not at all, or only until the next one. */
export function staysVisible(event: RunEvent): boolean {
  return event.type === "step.log" || event.type === "step.retried" || (event.type === "step.failed" && event.node.endsWith("]"));
}

/** All lines from the top, parents before their children. */
function listed(parent: TreeNode): TreeNode[] {
  return [...parent.children.values()].flatMap((child) => [child, ...listed(child)]);
}

/** What fits: all that runs or failed, then what changed last, in the tree's order. */
function chosen(steps: readonly TreeNode[], room: number): { shown: TreeNode[]; hidden: number } {
  if (steps.length <= room) return { shown: [...steps], hidden: 0 };
  const urgency = (step: TreeNode): number => (step.running.size > 0 ? 2 : step.settled.failed > 0 ? 1 : 0);
  const kept = new Set([...steps].sort((a, b) => urgency(b) - urgency(a) || b.touched - a.touched).slice(0, Math.max(1, room - 1)));
  return { shown: steps.filter((step) => kept.has(step)), hidden: steps.length - kept.size };
}

function stepLine(step: TreeNode, nameWidth: number, space: TreeSpace): string {
  const name = truncate(`${indentOf(step)}${step.name}`, nameWidth);
  const padding = " ".repeat(Math.max(0, nameWidth - textWidth(name)));
  if (!step.isStep) return fitted([[undefined, `  ${name}`]], space);
  const [style, symbol] = symbolOf(step, space.now);
  return fitted([[style, symbol], [undefined, ` ${name}${padding}  `], ...statusOf(step, space.now)], space);
}

function symbolOf({ running, settled, isMap }: TreeNode, now: number): [Style, string] {
  if (running.size > 0) return ["cyan", SPINNER[Math.floor(now / SPINNER_MILLISECONDS) % SPINNER.length]!];
  if (settled.failed > 0) return ["red", "✖"];
  if (settled.cancelled > 0) return ["yellow", "■"];
  if (settled.completed > 0 || settled.cached > 0) return ["green", "✔"];
  if (settled.skipped > 0) return ["dim", "○"];
  return ["dim", isMap ? "…" : "·"];
}

function statusOf(step: TreeNode, now: number): [Style | undefined, string][] {
  const note: [Style, string][] = step.note === undefined ? [] : [[step.settled.failed > 0 ? "red" : "dim", plain(step.note)]];
  if (step.isMap) return [[undefined, `${countsOf(step)}${note.length > 0 ? "  " : ""}`], ...note];
  if (step.running.size > 0) {
    const [since] = step.running.values();
    return [...barOf(step), ["dim", duration(now - since!)], [undefined, note.length > 0 ? "  " : ""], ...note];
  }
  if (step.settled.cached > 0) return [["dim", "cached: "], ...note];
  if (step.settled.completed > 0) return [["dim", duration(step.milliseconds)]];
  if (step.settled.failed > 0) return [["red", "failed: "], ...note];
  if (step.settled.skipped > 0) return [["dim", "skipped"]];
  if (step.settled.cancelled > 0) return [["yellow", "cancelled"]];
  return note;
}

function barOf({ progress }: TreeNode): [Style | undefined, string][] {
  if (!progress) return [];
  const { done, total } = progress;
  const filled = total === undefined || total <= 0 ? 0 : Math.round((Math.min(Math.max(done, 0), total) / total) * BAR_COLUMNS);
  const bar: [Style | undefined, string][] =
    total === undefined
      ? []
      : [
          ["cyan", "█".repeat(filled)],
          ["dim", "░".repeat(BAR_COLUMNS - filled)],
          [undefined, " "],
        ];
  return [...bar, [undefined, `${plain(progressText(progress))}  `]];
}

/** `97 done (12 cached), 1 failed, 2 running`. */
function countsOf({ settled, running }: TreeNode): string {
  const done = settled.completed + settled.cached;
  const parts = [
    `${done} done${settled.cached === 0 ? "" : ` (${settled.cached} cached)`}`,
    ...(["failed", "skipped", "cancelled"] as const)
      .filter((status) => settled[status] > 0)
      .map((status) => `${settled[status]} ${status}`),
    ...(running.size > 0 ? [`${running.size} running`] : []),
  ];
  return parts.join(", ");
}

function indentOf(step: TreeNode): string {
  return "  ".repeat(step.depth);
}

/** Styled parts on one line, cut before the terminal would wrap it. */
function fitted(parts: readonly [Style | undefined, string][], { columns, colours }: TreeSpace): string {
  let room = columns - 1;
  let line = "";
  for (const [style, text] of parts) {
    const part = truncate(text, Math.max(0, room));
    if (room <= 0) break;
    room -= textWidth(part);
    line += colours && style !== undefined && part !== "" ? styleText(style, part, { validateStream: false }) : part;
  }
  return line;
}

/** One line, and nothing that would move the cursor. */
function plain(text: string): string {
  return stripVTControlCharacters(text).replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ");
}
