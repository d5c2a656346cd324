import { columns, hasColours, write } from "../output/terminal.ts";
import { prepareWidths, truncate } from "../output/text-width.ts";
import { harmless } from "./harmless.ts";
import { eventLines, STOPPING } from "./lines-view.ts";
import { LiveLines } from "./live-lines.ts";
import { RunProgress } from "./run-progress.ts";
import type { RunView } from "./run-view.ts";
import { catchStrayPrints } from "./stray-prints.ts";
import { staysVisible, treeLines } from "./tree.ts";

const FRAME_MILLISECONDS = 80;
/** A step that computes without a pause stops the timer: that it has begun should be seen before. */
const STARTED_MILLISECONDS = 10;
/** Of the terminal's: what steps log should be seen as well. */
const HEIGHT = 2 / 3;
/** The last state of a run may scroll, but a pipeline of thousands of steps needn't be listed here: `zen run describe` does. */
const FINAL_ROWS = 200;

/** The live tree of a run, on a terminal's standard error. What steps log and print stays above it. */
export async function treeView(): Promise<RunView> {
  // Ids and messages may hold anything: better the library now than a line that wraps.
  await prepareWidths(["…─"]);
  const progress = new RunProgress();
  const colours = hasColours(2);
  const screen = {
    get columns() {
      return columns(2) ?? 80;
    },
    // Past process.stderr, whose prints are caught.
    write: (text: string) => write(2, text),
  };
  const live = new LiveLines(screen);
  let lastFrame = 0;
  let stopping = false;

  const print = (lines: readonly string[]): void => live.print(lines.map((line) => harmless(line, colours)));
  const tree = (rows: number): string[] => treeLines(progress, { columns: screen.columns, rows, colours, now: Date.now() });
  const paint = (): void => {
    lastFrame = Date.now();
    if (!progress.started) return;
    const below = stopping ? [truncate(STOPPING, screen.columns - 1)] : [];
    live.draw([...tree(Math.floor((process.stderr.rows || 24) * HEIGHT)), ...below]);
  };
  const releasePrints = catchStrayPrints(print);
  process.once("exit", releasePrints);
  // Node writes its warnings past process.stderr: where the tree is, they would be written over.
  const makeRoom = (): void => live.draw([]);
  process.prependListener("warning", makeRoom);
  const timer = setInterval(paint, FRAME_MILLISECONDS);
  timer.unref();

  return {
    onEvent(event) {
      progress.apply(event, Date.now());
      if (staysVisible(event)) print(eventLines(event));
      const soon = event.type === "step.started" || event.type === "step.log";
      if (Date.now() - lastFrame >= (soon ? STARTED_MILLISECONDS : FRAME_MILLISECONDS)) paint();
    },
    stopping() {
      stopping = true;
      paint();
    },
    close() {
      clearInterval(timer);
      process.off("exit", releasePrints);
      releasePrints();
      process.off("warning", makeRoom);
      if (progress.started) live.draw(tree(FINAL_ROWS));
    },
  };
}
