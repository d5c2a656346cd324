import { BUCKETS, featuresOf, type Features } from "./features.ts";

/** A text and the language that it is known to be written in. */
export interface Example {
  readonly text: string;
  readonly language: string;
}

/** A multinomial logistic regression: all that was learned, and all that it takes to ask it. */
export interface Model {
  /** In the order of the weights' columns. */
  readonly languages: readonly string[];
  /** It looks at n-grams of 1 to this many characters. */
  readonly longest: number;
  /** A row per bucket, a column per language, row after row. */
  readonly weights: Float32Array;
}

/** What the model takes a text for. */
export interface Guess {
  readonly language: string;
  /** From 0 to 1. */
  readonly probability: number;
}

export interface LearnOptions {
  readonly longest: number;
  /** How often it learns from every example. */
  readonly epochs: number;
  readonly seed: number;
  /** Awaited between two batches, with the examples learned from so far, and in all. */
  readonly onBatch: (done: number, total: number) => Promise<void>;
}

const BATCH = 32;
/** How far a weight moves the first time. */
const STEP = 0.5;

/** Learns by stochastic gradient descent; the more a weight has moved, the smaller its next step (AdaGrad). */
export async function learn(examples: readonly Example[], { longest, epochs, seed, onBatch }: LearnOptions): Promise<Model> {
  const languages = [...new Set(examples.map(({ language }) => language))].toSorted();
  const total = examples.length * epochs;
  const lessons: Lesson[] = [];
  for (const { text, language } of examples) {
    lessons.push({ ...featuresOf(text, longest), answer: languages.indexOf(language) });
    if (lessons.length % BATCH === 0) await onBatch(0, total);
  }
  const weights = new Float32Array(BUCKETS * languages.length);
  const moved = new Float32Array(weights.length).fill(1e-6);
  const random = randomFrom(seed);
  let done = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffle(lessons, random);
    for (const lesson of lessons) {
      take(lesson, weights, moved, languages.length);
      if (++done % BATCH === 0) await onBatch(done, total);
    }
  }
  return { languages, longest, weights };
}

/** What the model takes the text for. */
export function guess({ languages, longest, weights }: Model, text: string): Guess {
  const probabilities = probabilitiesOf(featuresOf(text, longest), weights, languages.length);
  const probability = Math.max(...probabilities);
  return { language: languages[probabilities.indexOf(probability)]!, probability };
}

interface Lesson extends Features {
  /** The right column. */
  readonly answer: number;
}

/** Moves the weights towards the right answer, by the gradient of its log-probability. */
function take(lesson: Lesson, weights: Float32Array, moved: Float32Array, columns: number): void {
  const { buckets, values, answer } = lesson;
  const errors = probabilitiesOf(lesson, weights, columns);
  errors[answer]! -= 1;
  for (let i = 0; i < buckets.length; i++) {
    for (let column = 0, at = buckets[i]! * columns; column < columns; column++, at++) {
      const gradient = errors[column]! * values[i]!;
      moved[at]! += gradient * gradient;
      weights[at]! -= (STEP * gradient) / Math.sqrt(moved[at]!);
    }
  }
}

/** One per language; their sum is 1 (softmax of the scores). */
function probabilitiesOf({ buckets, values }: Features, weights: Float32Array, columns: number): Float64Array {
  const scores = new Float64Array(columns);
  for (let i = 0; i < buckets.length; i++) {
    for (let column = 0, at = buckets[i]! * columns; column < columns; column++, at++) scores[column]! += weights[at]! * values[i]!;
  }
  const highest = Math.max(...scores);
  const odds = scores.map((score) => Math.exp(score - highest));
  const sum = odds.reduce((a, b) => a + b);
  return odds.map((value) => value / sum);
}

/** Numbers from 0 to below 1, the same for the same seed: a linear congruential generator, good enough to shuffle. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function shuffle(items: unknown[], random: () => number): void {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [items[i], items[j]] = [items[j], items[i]];
  }
}
