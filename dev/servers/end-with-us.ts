import type { ChildProcess } from 'node:child_process';

const living = new Set<ChildProcess>();
let watching = false;

/** Asks a child to stop when this process ends without having stopped it. */
export function endWithUs(child: ChildProcess): void {
  if (!watching) {
    watching = true;
    process.once('exit', () => {
      for (const other of living) other.kill('SIGTERM');
    });
  }
  living.add(child);
  const forget = () => living.delete(child);
  child.once('exit', forget);
  child.once('error', forget);
}
