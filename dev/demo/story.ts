import type { Endpoints } from '../stack/endpoints.ts';
import type { Teller } from './teller.ts';
import type { Witness } from './witness.ts';

/** What a story is played with. */
export type Stage = { endpoints: Endpoints; tell: Teller; witness: Witness };

/** A story that can be played against a stack. */
export type Story = {
  /** By this it is asked for. */
  name: string;
  /** In one line. */
  title: string;
  /** Plays it. Throws `StoryBroken` when an answer isn't what the story says. */
  play: (stage: Stage) => Promise<void>;
};
