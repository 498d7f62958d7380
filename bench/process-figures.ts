/** What a process says of itself. */
export interface ProcessFigures {
  /** Processor time since its start, of all its threads. It says more than a clock on a busy machine. */
  readonly cpuMs: number;
  /** Memory that it has from the system now. */
  readonly residentBytes: number;
}

/** Reads the figures that every process of ours gives at its `/metrics` (Prometheus' text format). */
export async function processFigures(metricsUrl: string): Promise<ProcessFigures> {
  const response = await fetch(metricsUrl);
  if (!response.ok) throw new Error(`${metricsUrl} answered ${response.status}`);
  const text = await response.text();
  const read = (name: string): number => {
    const value = new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)`, 'm').exec(text)?.[1];
    if (value === undefined) throw new Error(`${metricsUrl} tells no ${name}`);
    return Number(value);
  };
  return {
    cpuMs: read('process_cpu_seconds_total') * 1_000,
    residentBytes: read('process_resident_memory_bytes'),
  };
}

/** Looks at a process all the time; gives the most memory that it had. */
export function watchMemory(metricsUrl: string, everyMs = 250): { peakBytes: () => Promise<number> } {
  let peak = 0;
  const looking = new AbortController();
  const look = async () => {
    while (!looking.signal.aborted) {
      peak = Math.max(peak, (await processFigures(metricsUrl)).residentBytes);
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  };
  const looks = look();
  return {
    peakBytes: async () => {
      looking.abort();
      await looks;
      return peak;
    },
  };
}
