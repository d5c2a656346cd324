import { callsToHere, type CallSite } from "./call-site.ts";
import { currentRecording, type Recording } from "./recording.ts";

/**
 * Where a step or a pipeline was defined: what its function may close over follows from the calls that led there. The
 * text of a module says what its top level and the functions called from there do; it says nothing about what a function
 * is given that somebody else calls.
 */
export interface Origin {
  /** The calls that led there, the innermost first. Empty if no file is known. */
  readonly sites: readonly CallSite[];
  /** Whether it is known what began these calls. */
  readonly traced: boolean;
  /** When, in milliseconds since 1970: a module that was edited after it isn't the one that was loaded. */
  readonly at: number;
  /** How many were defined so far by the very same calls, under the same name: a loop did it, or one call after the other. */
  readonly alike: { count: number };
  /** The pipelines that were being recorded, the outermost first. */
  readonly within: readonly Enclosing[];
}

/** A pipeline that is being recorded, with what the steps that are made meanwhile may close over. */
export interface Enclosing {
  readonly pipeline: string;
  readonly origin: Origin;
  /** Its plain parameters as one text; null if they can't be told apart by one. */
  readonly parameters: string | null;
}

type Counts = Map<string, { count: number }>;

const defined: Counts = new Map();
const definedIn = new WeakMap<Recording, Counts>();

/** The origin of what is being defined right now. */
export function originHere(kind: "step" | "pipeline", name: string): Origin {
  const recording = currentRecording();
  const { sites, traced } = callsToHere(recording?.depth);
  const within = recording ? [...recording.enclosing] : [];
  const calls = JSON.stringify([kind, name, sites, within.map(({ parameters }) => parameters)]);
  const counts = recording ? countsIn(recording) : defined;
  let alike = counts.get(calls);
  if (!alike) counts.set(calls, (alike = { count: 0 }));
  alike.count++;
  return { sites, traced, at: Date.now(), alike, within };
}

function countsIn(recording: Recording): Counts {
  let counts = definedIn.get(recording);
  if (!counts) definedIn.set(recording, (counts = new Map()));
  return counts;
}
