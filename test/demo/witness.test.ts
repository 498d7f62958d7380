import { createWitness, StoryBroken } from '../../dev/demo/witness.ts';

describe('the witness of a story', () => {
  it('the answer is what was told → goes on, and counts it', () => {
    const witness = createWitness();

    witness.same('a claim', { state: 'active', at: [1] }, { state: 'active', at: [1] });

    expect(witness.checks()).toBe(1);
  });

  it('the answer is another one → the story breaks, with what was asked, told and answered', () => {
    const told = () => createWitness().same('the claim', { state: 'active' }, { state: 'suspended' });

    expect(told).toThrow(StoryBroken);
    expect(told).toThrow(/the claim.*"suspended".*"active"/s);
  });

  it('the answer comes in time → is given', async () => {
    const answers = [1, 2, 3];

    const answer = await createWitness().until({
      what: 'three',
      ask: async () => answers.shift(),
      isSo: (found) => found === 3,
    });

    expect(answer).toBe(3);
  });

  it('the answer never comes → the story breaks, with the last answer', async () => {
    const never = createWitness().until({
      what: 'three',
      ask: async () => 2,
      isSo: (found) => found === 3,
      patienceMs: 0,
    });

    await expect(never).rejects.toThrow(/three: not within 0 s.*2/s);
  });

  it('the answer moves while it is watched → the story breaks', async () => {
    const answers = ['before', 'before', 'after'];

    const watched = createWitness().unchanged({
      what: 'the number',
      ask: async () => answers.shift() ?? 'after',
      told: 'before',
      forMs: 5_000,
    });

    await expect(watched).rejects.toThrow(/the number.*"before".*"after"/s);
  });
});
