import { styleText } from 'node:util';

/** Tells a story to a person at a terminal. */
export type Teller = {
  /** What is going to be told, and about which stack. */
  title: (title: string, about: string) => void;
  /** A numbered step, and why it happens. */
  step: (step: { title: string; why: string }) => void;
  /** What is done to the world. */
  does: (text: string) => void;
  /** What an answer says. */
  sees: (text: string) => void;
  /** What isn't part of the story. */
  note: (text: string) => void;
};

/** Paints a text; gives it back as it is where there is no colour. */
export type Paint = (format: 'bold' | 'dim' | 'cyan' | 'green', text: string) => string;

/** Colours where the terminal has them, and NO_COLOR and FORCE_COLOR let it. */
export const paintFor =
  (stream: NodeJS.WriteStream): Paint =>
  (format, text) =>
    styleText(format, text, { stream });

/** Lines that are read with ease, and fit most terminals. */
const WIDTH = 100;
const INDENT = '   ';

/** Breaks a text at its spaces. What has no spaces stays whole, so that an address can be copied. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Makes a teller who writes whole lines. */
export function createTeller(write: (text: string) => void, paint: Paint): Teller {
  let steps = 0;
  const labelled = (label: string, text: string, format?: Parameters<Paint>[0]) => {
    const [first = '', ...rest] = wrapped(text, WIDTH - INDENT.length - 6);
    const painted = (line: string) => (format === undefined ? line : paint(format, line));
    write(`${INDENT}${paint('dim', label.padEnd(5))} ${painted(first)}\n`);
    for (const line of rest) write(`${INDENT}${' '.repeat(6)}${painted(line)}\n`);
  };
  return {
    title: (title, about) => write(`\n${paint('bold', title)}\n${about}\n`),
    step: ({ title, why }) => {
      steps += 1;
      write(`\n${paint('bold', `${String(steps).padEnd(INDENT.length)}${title}`)}\n`);
      labelled('why', why, 'dim');
    },
    does: (text) => labelled('do', text, 'cyan'),
    sees: (text) => labelled('see', text, 'green'),
    note: (text) => write(`${text}\n`),
  };
}
