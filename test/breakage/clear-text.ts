import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import proto from '@temporalio/proto';
import type { Inside } from './inside.ts';
import type { Person } from './people.ts';

const { History } = proto.temporal.api.history.v1;
const { WorkflowExecutionInfo } = proto.temporal.api.workflow.v1;

/** Somewhere that a value might be found in. */
export interface Place {
  readonly name: string;
  readonly bytes: Buffer;
}

/** A value that must be found nowhere, with the word for what it is. */
export interface Secret {
  readonly what: string;
  readonly value: string;
}

/** All that must never be found of a person. */
export const secretsOf = ({ phone, name, idNumber, nickname, email, password }: Person): Secret[] => [
  // Written with its country, in a URL, or without: this part is in all of them.
  { what: 'phone', value: phone.replace('+86', '') },
  { what: 'name', value: name },
  { what: 'ID number', value: idNumber },
  { what: 'nickname', value: nickname },
  { what: 'e-mail', value: email },
  { what: 'password', value: password },
];

/** The forms in which bytes may hold a text: plain, escaped in JSON or a URL, in UTF-16, within something in base64. */
function formsOf(text: string): Buffer[] {
  const utf8 = Buffer.from(text);
  const json = [...text].map((char) =>
    char.charCodeAt(0) < 128 ? char : `\\u${char.charCodeAt(0).toString(16)}`,
  );
  const forms = [
    utf8,
    Buffer.from(json.join('')),
    Buffer.from(encodeURIComponent(text)),
    Buffer.from(text, 'utf16le'),
    Buffer.from(text, 'utf16le').swap16(),
    // By 0, 1 or 2 bytes before it the letters of base64 differ; the first and the last depend on the neighbours.
    ...[0, 1, 2].map((before) => {
      const encoded = Buffer.concat([Buffer.alloc(before), utf8])
        .toString('base64')
        .replace(/=+$/, '');
      return Buffer.from(encoded.slice(before === 0 ? 0 : before + 1, -1));
    }),
  ];
  return [...new Map(forms.map((form) => [form.toString('latin1'), form])).values()];
}

/** Which secrets stand in which places, in whatever form, as `what in place`. Every byte is looked at once. */
export function findClearText(places: readonly Place[], secrets: readonly Secret[]): string[] {
  const byBeginning = new Map<number, { what: string; form: Buffer }[]>();
  const beginnings = new Uint8Array(2 ** 16);
  for (const { what, value } of secrets) {
    for (const form of formsOf(value)) {
      const beginning = form.readInt32LE();
      byBeginning.set(beginning, [...(byBeginning.get(beginning) ?? []), { what, form }]);
      beginnings[form.readUInt16LE()] = 1;
    }
  }
  const found = new Set<string>();
  for (const { name, bytes } of places) {
    for (let at = 0; at + 4 <= bytes.length; at += 1) {
      if (beginnings[(bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)] !== 1) continue;
      for (const { what, form } of byBeginning.get(bytes.readInt32LE(at)) ?? []) {
        if (form.equals(bytes.subarray(at, at + form.length))) found.add(`${what} in ${name}`);
      }
    }
  }
  return [...found];
}

/** Every document of the store, one place a collection. */
export async function dumpStore({ db }: Inside): Promise<Place[]> {
  const collections = await db.collections();
  return Promise.all(
    collections.map(async (collection) => ({
      name: `collection ${collection.collectionName}`,
      bytes: Buffer.from(JSON.stringify(await collection.find().toArray())),
    })),
  );
}

/** Every history of the workflow server as it keeps it, and its memo, id and search attributes; nothing is decoded. */
export async function dumpHistories({ client }: Inside): Promise<Place[]> {
  const { workflowService } = client;
  const places: Place[] = [];
  let nextPageToken: Uint8Array | null = null;
  do {
    const page: proto.temporal.api.workflowservice.v1.IListWorkflowExecutionsResponse =
      await workflowService.listWorkflowExecutions({ namespace: 'default', nextPageToken });
    for (const info of page.executions ?? []) {
      const { workflowId, runId } = info.execution ?? {};
      const history = await client.workflow.getHandle(workflowId ?? '', runId ?? undefined).fetchHistory();
      const parts = [WorkflowExecutionInfo.encode(info).finish(), History.encode(history).finish()];
      places.push({ name: `a history of ${info.type?.name}`, bytes: Buffer.concat(parts) });
    }
    nextPageToken = page.nextPageToken?.length ? page.nextPageToken : null;
  } while (nextPageToken !== null);
  return places;
}

/** Every file of a data folder, logs included, but those that are left out. */
export function readFiles(dataDir: string, leftOut: RegExp): Place[] {
  const files = readdirSync(dataDir, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return files
    .map(({ parentPath, name }) => relative(dataDir, join(parentPath, name)))
    .filter((name) => !leftOut.test(name))
    .map((name) => ({ name, bytes: readFileSync(join(dataDir, name)) }));
}
