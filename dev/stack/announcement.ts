import type { Endpoints } from './endpoints.ts';

/** What a person needs who has just started the stack: the addresses, and calls to be pasted into a shell. */
export function announcement(endpoints: Endpoints, endpointsFile: string): string {
  return [
    '',
    ...addressTable(endpoints),
    '',
    `All of this, with the secrets of every client, is in ${endpointsFile}`,
    '',
    'To try it, paste into another terminal:',
    '',
    ...examples(endpoints).map((line) => `  ${line}`),
    '',
    'Ctrl-C stops everything; the next start goes on where this one was.',
    '',
  ].join('\n');
}

function addressTable(endpoints: Endpoints): string[] {
  const rows = [
    ['API', endpoints.api],
    ['documentation', endpoints.docs],
    ['province simulator', endpoints.simulator],
    ['issuer', endpoints.issuer],
    ['Temporal', endpoints.temporal],
    ['store', withoutPassword(endpoints.store)],
  ] as const;
  const staff = endpoints.staff.map(
    ({ name, password, role }) => [`staff login (${role})`, `${name} / ${password}`] as const,
  );
  const width = Math.max(...[...rows, ...staff].map(([name]) => name.length));
  return [...rows, ...staff].map(([name, value]) => `  ${name.padEnd(width)}  ${value}`);
}

/** A store that was given by its address may have its password in it. */
function withoutPassword(address: string): string {
  return address.replace(/\/\/[^@/]*@/, '//…@');
}

function examples({ api, issuer, simulator, clients }: Endpoints): string[] {
  const desk = clients.supportDesk;
  const phone = '+8613800138000';
  return [
    '# a token for the support desk',
    `TOKEN=$(curl -s -u '${desk.id}:${desk.secret}' -d grant_type=client_credentials \\`,
    `  --data-urlencode 'scope=${desk.scope}' ${issuer}/token | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`,
    '# a line in the books of Sichuan, cancelled by its holder: the province sends the event',
    `curl -s -X PUT ${simulator}/_sim/lines/${encodeURIComponent(phone)} -H 'content-type: application/json' \\`,
    `  -d '{"province":"sichuan","system":"mobile-5g","joinedAt":"2024-05-01T09:00:00+08:00","identity":{"name":"王小明","idNumber":"11010519491231002X"},"status":"in-use"}'`,
    `curl -s -X POST ${simulator}/_sim/lines/${encodeURIComponent(phone)}/cancel -H 'content-type: application/json' -d '{}'`,
    '# what Linekeeper knows of the number',
    `curl -s ${api}/v1/number-lookups -H "Authorization: Bearer $TOKEN" -H 'content-type: application/json' \\`,
    `  -d '{"phone":"${phone}"}'`,
  ];
}
