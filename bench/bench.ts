/** How large a bench is. */
export interface Size {
  /** Everything that is made up is made from this number: the same seed, the same calls. */
  readonly seed: number;
  /** Small sizes, to see that a bench works; its figures say little. */
  readonly quick: boolean;
  /** Tells the person at the terminal how far it is. */
  readonly say: (line: string) => void;
}

/** What a bench found. */
export interface Findings {
  /** Markdown: the sizes, the tables, and what has to be known to read them. */
  readonly text: string;
  /** The bounds of the product that did not hold. */
  readonly broken: readonly string[];
}

/** One bench: one idea, measured beside its baseline in the same run. */
export interface Bench {
  readonly name: string;
  readonly title: string;
  run(size: Size): Promise<Findings>;
}
