import type { StoreServer } from '../dev/servers/store.ts';

// Jest loads the set-up and the teardown in one process but each with modules of its own: only the global object is shared.
declare global {
  var linekeeperTestStore: StoreServer | undefined;
}

/** Keeps the run's store for the teardown. */
export function keepStore(store: StoreServer): void {
  globalThis.linekeeperTestStore = store;
}

/** The run's store, if it was started for this run. */
export function keptStore(): StoreServer | undefined {
  return globalThis.linekeeperTestStore;
}
