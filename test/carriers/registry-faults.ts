import { type Fault, RegistryRefused } from '../../carriers/registry-file.ts';
import { parse, registryText } from './registry-text.ts';

/** A line of the good text, what stands there instead, and the one fault of that. */
export type FaultRow = {
  what: string;
  change: [from: string, to: string];
  /** What else has to change for it to stay a single fault. */
  beside?: [from: string, to: string];
  /** The text at which the fault is; the first of its kind, unless `last`. */
  at: string;
  last?: true;
  path: string;
  says: string;
};

/** The faults of a text; fails when the message repeats a secret of it. */
export function faultsOf(text: string): readonly Fault[] {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof RegistryRefused) {
      expect(error.message).not.toMatch(/sesame|MfKQ9r8|C2FVsBQ/);
      return error.faults;
    }
    throw error;
  }
  return [];
}

function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** Changes the good text as the row says, and expects its one fault at its place. */
export function expectFault({
  change: [from, to],
  beside: [also, then] = ['', ''],
  at,
  last,
  path,
  says,
}: FaultRow): void {
  expect(registryText).toContain(from);
  const text = registryText.replace(from, to).replace(also, then);
  const offset = last ? text.lastIndexOf(at) : text.indexOf(at);
  expect(offset).toBeGreaterThan(-1);
  expect(faultsOf(text)).toEqual([{ ...placeOf(text, offset), path, message: says }]);
}
