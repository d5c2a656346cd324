import { createLogUpdate } from "log-update";
import { hasColours, write } from "../output/terminal.ts";
import { prepareWidths, truncate } from "../output/text-width.ts";
import { STOPPING } from "./lines-view.ts";
import { RunProgress } from "./run-progress.ts";
import type { RunView } from "./run-view.ts";
import { treeLines } from "./tree.ts";

const FRAME_MILLISECONDS = 80;
const STARTED_MILLISECONDS = 10;
const HIDE_CURSOR = "\u001b[?25l";
const SHOW_CURSOR = "\u001b[?25h";

/** The live tree of a run, on a terminal's standard error. */
export async function treeView(): Promise<RunView> {
  // Ids and messages may hold anything: better the library now than a line that wraps.
  await prepareWidths(["…─"]);
  const progress = new RunProgress({ keptLogs: 5 });
  const terminal = process.stderr;
  // Written past process.stderr, whose prints zen watches during a run.
  const stream = {
    isTTY: true,
    get columns() {
      return terminal.columns || 80;
    },
    get rows() {
      return terminal.rows || 24;
    },
    write: (text: string) => (write(2, text), true),
  };
  // With its own way of hiding the cursor, the library would listen for signals, which are the run's to handle.
  const update = createLogUpdate(stream as unknown as NodeJS.WriteStream, { showCursor: true });
  const showCursor = (): void => write(2, SHOW_CURSOR);
  let lastFrame = 0;
  let stopping = false;

  const lines = (): string[] =>
    treeLines(progress, { columns: stream.columns, rows: stream.rows - 1, colours: hasColours(2), now: Date.now() });
  const paint = (): void => {
    lastFrame = Date.now();
    update([...lines(), ...(stopping ? [truncate(STOPPING, stream.columns - 1)] : [])].join("\n"));
  };
  const timer = setInterval(paint, FRAME_MILLISECONDS);
  timer.unref();
  process.once("exit", showCursor);
  write(2, HIDE_CURSOR);

  return {
    onEvent(event) {
      progress.apply(event, Date.now());
      // A step that computes without a pause stops the timer: show at least that it has begun.
      if (Date.now() - lastFrame >= (event.type === "step.started" ? STARTED_MILLISECONDS : FRAME_MILLISECONDS)) paint();
    },
    stopping() {
      stopping = true;
      paint();
    },
    close() {
      stopping = false;
      clearInterval(timer);
      progress.logs.length = 0;
      update.clear();
      const last = progress.started === undefined ? [] : lines();
      write(2, last.map((line) => `${line}\n`).join(""));
      process.off("exit", showCursor);
      showCursor();
    },
  };
}
