import { session } from "../session.ts";
import { printJson } from "./json.ts";
import { printTable } from "./table.ts";
import { writeLine } from "./terminal.ts";

export interface ListFormat<Entry> {
  /** Said on standard error in place of a table without rows. */
  readonly empty: string;
  readonly columns: readonly string[];
  readonly row: (entry: Entry) => readonly string[];
  /** How many of the last columns are left out where a terminal is too narrow for them. */
  readonly optional?: number;
}

/** A list: a table for people, an array for programs. */
export async function printList<Entry>(entries: readonly Entry[], { empty, columns, row, optional = 0 }: ListFormat<Entry>): Promise<void> {
  if (session.json) printJson(entries);
  else if (entries.length === 0) writeLine(2, empty);
  else await printTable({ columns, rows: entries.map(row), optional });
}

/** What a command has done: the sentences of the documentation for people, an object for programs. */
export function printDone(sentences: readonly string[], result: object): void {
  if (session.json) printJson(result);
  else for (const sentence of sentences) writeLine(1, sentence);
}

/** Something to know beside the answer, on standard error. Programs that asked for JSON don't get it. */
export function notice(line: string): void {
  if (!session.json) writeLine(2, line);
}
