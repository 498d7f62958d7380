import { DockerfileParser } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';

/** A stage of a Dockerfile, with what it takes over from the stages that it is built on. */
export interface Stage {
  name: string;
  /** The image that it begins with in the end. */
  baseImage: string;
  /** Whom its processes run as; undefined where no USER says so, which is root. */
  user: string | undefined;
  /** Files and folders that it copies from the build context. */
  sources: string[];
}

/** What a Dockerfile's syntax has wrong, with the line, counted from 1. */
export function dockerfileFaults(source: string): string[] {
  return validate(source).map(({ range, message }) => `Dockerfile line ${range.start.line + 1}: ${message}`);
}

/** The named stages of a Dockerfile in their order; a stage without a name can't be asked for. */
export function readStages(source: string): Stage[] {
  const dockerfile = DockerfileParser.parse(source);
  const defaults = new Map(
    dockerfile.getInitialARGs().map((arg) => {
      const property = arg.getProperty();
      return [property?.getName(), property?.getValue() ?? ''];
    }),
  );
  const begins = dockerfile.getFROMs().map((from) => from.getRange().start.line);
  const stages: Stage[] = [];
  dockerfile.getFROMs().forEach((from, index) => {
    const isOwn = (instruction: { getRange(): { start: { line: number } } }) => {
      const { line } = instruction.getRange().start;
      return line > (begins[index] ?? 0) && line < (begins[index + 1] ?? Number.POSITIVE_INFINITY);
    };
    const image = (from.getImage() ?? '').replace(
      /\$\{?(\w+)\}?/g,
      (_, name: string) => defaults.get(name) ?? '',
    );
    const parent = stages.find((stage) => stage.name === image);
    const copied = dockerfile
      .getCOPYs()
      .filter((copy) => isOwn(copy) && copy.getFromFlag() === null)
      .flatMap((copy) => copy.getArguments().slice(0, -1))
      .map((argument) => argument.getValue());
    const user = dockerfile
      .getInstructions()
      .filter((instruction) => instruction.getKeyword() === 'USER' && isOwn(instruction))
      .at(-1);
    stages.push({
      name: from.getBuildStage() ?? '',
      baseImage: parent?.baseImage ?? image,
      user: user?.getArgumentsContent() ?? parent?.user,
      sources: [...(parent?.sources ?? []), ...copied],
    });
  });
  return stages.filter((stage) => stage.name !== '');
}
