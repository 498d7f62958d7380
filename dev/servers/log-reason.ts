/** The reason that a process's log gives for its end, in one line: its last error, or its last line. */
export function reasonIn(log: string): string {
  const lines = log
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const errors = lines.flatMap((line) => errorIn(line) ?? []);
  return errors.at(-1) ?? lines.at(-1) ?? 'it wrote nothing';
}

// As pino numbers them.
const ERROR_LEVEL = 50;

function errorIn(line: string): string | undefined {
  if (!line.startsWith('{')) return /\b\w*(error|exception)\b/i.test(line) ? line : undefined;
  try {
    const { level, msg, err } = JSON.parse(line);
    const isError = typeof level === 'number' ? level >= ERROR_LEVEL : /error|fatal/i.test(String(level));
    return isError ? [msg, err?.message].filter((part) => typeof part === 'string').join(': ') : undefined;
  } catch {
    return undefined;
  }
}
