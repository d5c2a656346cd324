/** One file to learn from or to be asked about. The model sees its text, and nothing of its path. */
export interface SourceFile {
  /** Relative to the folder that was searched, with `/`, without the extension. */
  readonly path: string;
  readonly language: string;
  /** The start of the file. */
  readonly text: string;
}

/** What was found of one language. */
export interface Census {
  readonly language: string;
  /** Files with one of the language's extensions. */
  readonly found: number;
  /** Of the files that were read, those that hardly differ from another. */
  readonly copies: number;
  readonly kept: number;
  /** False: too few to learn from, so none of them was passed on. */
  readonly used: boolean;
}
