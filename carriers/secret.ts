import { inspect } from 'node:util';

const MASK = '[secret]';

/** A secret that shows itself only to who asks for it by `reveal()`: not to logs, JSON, templates or the debugger. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The secret itself, for the one place that uses it. */
  reveal(): string {
    return this.#value;
  }

  toJSON(): string {
    return MASK;
  }

  toString(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}
