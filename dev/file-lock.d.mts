/** Names a process so that another one that was later given the same number isn't taken for it. */
export type ProcessMark = { pid: number; started: string };

/** A lock that is held: `release` gives it back. */
export type HeldLock = { release: () => void };

/** The mark of a running process. */
export function processMark(pid: number): ProcessMark;

/** Whether the very process that was marked still runs. */
export function isAlive(mark: ProcessMark): boolean;

/** Takes the lock, or says who holds it. The lock of a process that is gone counts as free. */
export function tryLock(file: string): HeldLock | { holder: ProcessMark };

/** Waits until the lock is free and takes it; `onWait` is called once when it has to wait. */
export function lockWhenFree(file: string, onWait?: (holder: ProcessMark) => void): Promise<HeldLock>;
