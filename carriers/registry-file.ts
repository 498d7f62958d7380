import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
} from 'yaml';

/** Where in the registry something stands: keys and list positions from the top. */
export type Path = readonly (string | number)[];

/** Something wrong with the registry. Line and column count from 1. Never repeats a value, which may be a secret. */
export type Fault = { line: number; column: number; path: string; message: string };

/**
 * A fault whose line isn't looked up yet. `key` points at that key of the map at `path` instead of at its value;
 * `first` is another place that the message is to name.
 */
export type FaultAt = { path: Path; message: string; key?: string; first?: Path };

/** The registry can't be used. Lists every fault that was found, in the order of the file. */
export class RegistryRefused extends Error {
  override readonly name = 'RegistryRefused';
  readonly faults: readonly Fault[];

  constructor(source: string, faults: readonly Fault[]) {
    const lines = faults.map(
      ({ line, column, path, message }) => `  ${line}:${column} ${path === '' ? '' : `${path}: `}${message}`,
    );
    super([`${source} is refused:`, ...lines].join('\n'));
    this.faults = faults;
  }
}

/** A YAML text that was read: its plain value, its own faults, and where its parts stand. */
export type RegistryFile = { value: unknown; faults: Fault[]; locate(fault: FaultAt): Fault };

/**
 * Reads a YAML 1.2 text. A key that stands twice is a fault like any other, and the value is still there to be checked;
 * after any other fault of syntax `value` is undefined, since what such a text means is a guess.
 */
export function readRegistryFile(text: string): RegistryFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  // The parser's own sentences quote the text around the fault, where a secret may stand; its codes don't.
  const faults = document.errors.map((error) => ({
    ...placeAt(lines, error.pos[0]),
    path: '',
    message: `not good YAML: ${error.code.toLowerCase().replaceAll('_', ' ')}`,
  }));
  const readable = document.errors.every((error) => error.code === 'DUPLICATE_KEY');
  return {
    value: readable ? document.toJS() : undefined,
    faults,
    locate: ({ path, message, key, first }) => {
      const before = first && placeAt(lines, offsetOf(document, first));
      return {
        ...placeAt(lines, offsetOf(document, path, key)),
        path: pathText(key === undefined ? path : [...path, key]),
        message: before ? `${message} (first ${before.line}:${before.column})` : message,
      };
    },
  };
}

function placeAt(lines: LineCounter, offset: number): { line: number; column: number } {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

/** Where the node at a path begins; for what isn't there, the innermost node around it. */
function offsetOf(document: Document.Parsed, path: Path, key?: string): number {
  let node: Node | null = document.contents;
  for (const step of path) {
    const inner = childOf(document, node, step);
    if (inner === null) {
      return startOf(node);
    }
    node = inner;
  }
  const around = resolved(document, node);
  if (key !== undefined && isMap(around)) {
    const pair = around.items.find((item) => isScalar(item.key) && item.key.value === key);
    return pair !== undefined && isNode(pair.key) ? startOf(pair.key) : startOf(node);
  }
  return startOf(node);
}

function childOf(document: Document.Parsed, node: Node | null, step: string | number): Node | null {
  const around = resolved(document, node);
  const inner = isMap(around) || isSeq(around) ? around.get(step, true) : undefined;
  return isNode(inner) ? inner : null;
}

function resolved(document: Document.Parsed, node: Node | null): Node | undefined {
  return isAlias(node) ? node.resolve(document) : (node ?? undefined);
}

function startOf(node: Node | null): number {
  return node?.range?.[0] ?? 0;
}

function pathText(path: Path): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${step}`))
    .join('');
}
