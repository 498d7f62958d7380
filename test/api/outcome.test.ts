import { outcomeWithin, settledBy } from '../../api/outcome.ts';

/** A clock that only waiting moves, and what the store and the workflow server say one after the other. */
function waiting({ reads, ended }: { reads: readonly string[]; ended: readonly boolean[] }) {
  let clock = 0;
  const waited: number[] = [];
  const looks: number[] = [];
  const says = [...reads];
  const ends = [...ended];
  const workflows = {
    hasEnded: async (_: string, within: number) => {
      waited.push(within);
      const has = ends.shift() ?? false;
      clock += has ? 100 : within;
      return has;
    },
  };
  const read = async () => {
    looks.push(clock);
    const status = says.length > 1 ? says.shift() : says[0];
    return status === undefined ? null : { status };
  };
  const wait = () =>
    settledBy({ workflows, now: () => clock }, { read, workflowId: 'thing:1', until: outcomeWithin });
  return { wait, waited, looks };
}

describe('settledBy', () => {
  it('settled already → given at once', async () => {
    const { wait, waited } = waiting({ reads: ['granted'], ended: [] });
    expect(await wait()).toEqual({ status: 'granted' });
    expect(waited).toEqual([]);
  });

  it('nothing there → null, nobody is waited for', async () => {
    const { wait, waited } = waiting({ reads: [], ended: [] });
    expect(await wait()).toBeNull();
    expect(waited).toEqual([]);
  });

  it('its workflow ends → as it is then', async () => {
    const { wait, looks } = waiting({ reads: ['pending', 'refused'], ended: [true] });
    expect(await wait()).toEqual({ status: 'refused' });
    expect(looks).toEqual([0, 100]);
  });

  it('other work under the same id ends → waited for again', async () => {
    const { wait, waited } = waiting({
      reads: ['pending', 'pending', 'pending', 'granted'],
      ended: [true, true],
    });
    expect(await wait()).toEqual({ status: 'granted' });
    expect(waited).toHaveLength(2);
  });

  it('settled by a workflow that goes on → told within a second', async () => {
    const { wait, looks } = waiting({ reads: ['pending', 'granted'], ended: [] });
    expect(await wait()).toEqual({ status: 'granted' });
    expect(looks).toEqual([0, 1_000]);
  });

  it('settled in the very moment in which the time is over → that is told', async () => {
    const { wait, looks } = waiting({ reads: ['pending', 'pending', 'granted'], ended: [] });
    expect(await wait()).toEqual({ status: 'granted' });
    expect(looks.at(-1)).toBe(outcomeWithin);
  });

  it('still pending when the time is over → pending, and no later', async () => {
    const { wait, waited, looks } = waiting({ reads: ['pending'], ended: [] });
    expect(await wait()).toEqual({ status: 'pending' });
    expect(waited).toEqual([1_000, outcomeWithin - 1_000]);
    expect(looks.at(-1)).toBe(outcomeWithin);
  });

  it('the time that is taken → leaves a part of two seconds for the way back', () => {
    expect(outcomeWithin).toBeLessThan(2_000 - 200);
  });
});
