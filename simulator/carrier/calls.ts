/** What a province can be called for. */
export type CallKind = 'token' | 'query' | 'recycled-since' | 'match';

type Counts = Record<CallKind, number>;

/** Counts the calls that provinces received since the start, whatever became of them. */
export interface Calls {
  count(call: { province: string; system: string | null; kind: CallKind }): void;
  /** The calls of a province, or of all for null, by kind; `systems` splits those to a system by it. */
  counted(province: string | null): { calls: Counts; systems: Record<string, Counts> };
}

/** Starts with no calls. */
export function createCalls(): Calls {
  const received: { province: string; system: string | null; kind: CallKind; count: number }[] = [];
  return {
    count({ province, system, kind }) {
      const known = received.find(
        (one) => one.province === province && one.system === system && one.kind === kind,
      );
      if (known === undefined) {
        received.push({ province, system, kind, count: 1 });
      } else {
        known.count += 1;
      }
    },
    counted(province) {
      const calls = none();
      const systems: Record<string, Counts> = {};
      for (const { system, kind, count } of received.filter(
        (one) => province === null || one.province === province,
      )) {
        calls[kind] += count;
        if (system !== null) {
          systems[system] ??= none();
          systems[system][kind] += count;
        }
      }
      return { calls, systems };
    },
  };
}

const none = (): Counts => ({ token: 0, query: 0, 'recycled-since': 0, match: 0 });
