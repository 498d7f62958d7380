import { numberStory } from './stories/number.ts';
import { registrationStory } from './stories/registration.ts';
import { verdictsStory } from './stories/verdicts.ts';
import type { Story } from './story.ts';

/** All stories, the first one being told when none is asked for. To add one, write its file and name it here. */
export const stories: readonly [Story, ...Story[]] = [registrationStory, verdictsStory, numberStory];

/** The story of a name, the first one without a name; undefined where there is none of that name. */
export function storyOf(name: string | undefined): Story | undefined {
  return name === undefined ? stories[0] : stories.find((story) => story.name === name);
}

/** The stories there are, one a line, as they are asked for. */
export function listOfStories(): string {
  const width = Math.max(...stories.map(({ name }) => name.length));
  return stories.map(({ name, title }) => `  npm run demo -- ${name.padEnd(width)}   ${title}`).join('\n');
}
