/**
 * Makes every secret that `docker-compose.yml` mounts, as files in `deploy/secrets`:
 *
 *     node deploy/make-secrets.mjs [folder]
 *
 * It asks nothing, needs no package and runs on any Node from 20. It refuses to touch a folder that exists: a key that
 * was overwritten is data that nobody can read again.
 *
 * The folder itself is open to its owner alone. The files in it are readable by all, since a container mounts them one
 * by one and reads them as a user that the host doesn't know.
 */
import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** 32 bytes are the size of every key here: AES-256, HMAC-SHA256, and more than enough for a password. */
const KEY_BYTES = 32;
/** MongoDB takes 6 to 1024 characters of base64 as the key that members of a replica set know each other by. */
const REPLICA_KEY_BYTES = 384;

/** How precisely the mobile and fixed systems of each province of the trial registry know a join date. */
const provinces = {
  sichuan: { joinDate: 'second' },
  guangdong: { joinDate: 'day' },
  beijing: { recycledSince: true },
};

const telephone = { match: true, binding: true, bills: true, events: true };

/** The systems that `deploy/registry.yaml` names in every province, as the simulator is to play them. */
const systems = (joinDates) => ({
  'mobile-5g': { kind: 'mobile', capabilities: { ...joinDates, ...telephone } },
  'mobile-4g': { kind: 'mobile', capabilities: { joinDate: 'months', ...telephone } },
  fixed: { kind: 'fixed', capabilities: { ...joinDates, ...telephone } },
  broadband: { kind: 'broadband', capabilities: { binding: true, bills: true } },
});

const password = () => randomBytes(KEY_BYTES).toString('base64url');
/** The form of Standard Webhooks: 24 to 64 bytes in base64 after this prefix. */
const webhookSecret = () => `whsec_${randomBytes(KEY_BYTES).toString('base64')}`;
const ring = (id) => ({ current: id, keys: { [id]: randomBytes(KEY_BYTES).toString('base64') } });
const json = (value) => `${JSON.stringify(value, null, 2)}\n`;

/** File names (paths below the folder) and what to write in them. */
function makeSecrets() {
  const smsSecret = webhookSecret();
  return {
    'keys.json': json({ fields: ring('f1'), payloads: ring('p1'), numbers: ring('n1'), logs: ring('l1') }),
    // The store's user has its password in this address and nowhere else.
    'store-url': `mongodb://linekeeper:${password()}@mongo:27017/linekeeper?replicaSet=rs0&authSource=linekeeper`,
    'smtp-url': 'smtp://simulator:2525',
    'sms-secret': smsSecret,
    'mongo-root-password': password(),
    'mongo-replica-key': randomBytes(REPLICA_KEY_BYTES).toString('base64'),
    'postgres-password': password(),
    ...makeCarrierSecrets(smsSecret),
    'issuer.json': json(makeIssuer()),
  };
}

/** What Linekeeper and the simulated world (provinces, SMS gateway) know each other by, once for each side. */
function makeCarrierSecrets(smsSecret) {
  const ours = {};
  const theirs = {};
  for (const [province, joinDates] of Object.entries(provinces)) {
    const clientSecret = password();
    ours[`carriers/${province}-client-secret`] = clientSecret;
    theirs[province] = { clientId: 'linekeeper', clientSecret, systems: {} };
    for (const [id, system] of Object.entries(systems(joinDates))) {
      const secret = webhookSecret();
      ours[`carriers/${province}-${id}-webhook`] = secret;
      theirs[province].systems[id] = { ...system, webhookSecret: secret };
    }
  }
  const simulator = {
    host: '0.0.0.0',
    port: 3100,
    smtpPort: 2525,
    dataFile: '/data/simulator.sqlite',
    linekeeperUrl: 'http://api:3000',
    smsSecret,
    provinces: theirs,
  };
  return { ...ours, 'simulator.json': json(simulator) };
}

/** The issuer of tokens for trials: its signing key, who may ask it for tokens, and the support staff. */
function makeIssuer() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const clients = ['payment-app', 'support-desk', 'support-lead', 'auditor', 'camara'];
  return {
    host: '0.0.0.0',
    port: 3200,
    // A browser takes this name for its own machine, a container for the issuer's: docker-compose.yml names it so.
    url: 'http://issuer.localhost:3200',
    audience: 'linekeeper',
    keys: [{ ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), alg: 'RS256', use: 'sig' }],
    cookieKeys: [password()],
    clients: clients.map((id) => ({ id, secret: password() })),
    console: {
      id: 'console',
      redirectUris: ['http://localhost:3000/console/callback', 'http://127.0.0.1:3000/console/callback'],
    },
    staff: [
      { name: 'desk', password: password(), role: 'support' },
      { name: 'lead', password: password(), role: 'support-lead' },
      { name: 'auditor', password: password(), role: 'auditor' },
    ],
  };
}

const folder = resolve(process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), 'secrets'));
if (existsSync(folder)) {
  process.stderr.write(
    `${folder} is there and stays as it is. Move it away first if you want new secrets.\n`,
  );
  process.exit(1);
}
// Written beside it and moved at once, so that an interrupted run leaves no half a set of secrets.
const draft = `${folder}.draft-${process.pid}`;
try {
  mkdirSync(join(draft, 'carriers'), { recursive: true });
  chmodSync(draft, 0o700);
  chmodSync(join(draft, 'carriers'), 0o755);
  for (const [name, text] of Object.entries(makeSecrets())) {
    writeFileSync(join(draft, name), text);
    chmodSync(join(draft, name), 0o644);
  }
  renameSync(draft, folder);
} catch (error) {
  rmSync(draft, { recursive: true, force: true });
  throw error;
}
process.stdout.write(
  `The secrets are in ${folder}. Keep a copy of keys.json: without it nobody can read the store.\n`,
);
