/*
 * Run once at each start by mongosh: makes the replica set of one, and the user that the processes come as.
 * Everything here may be done again. The user's password follows the store-url secret.
 */
const { readFileSync } = require('node:fs');

const secret = (name) => readFileSync(`/run/secrets/${name}`, 'utf8').trim();

const rootPassword = encodeURIComponent(secret('mongo_root_password'));
const admin = connect(`mongodb://root:${rootPassword}@mongo:27017/admin?directConnection=true`);

try {
  admin.adminCommand({ replSetGetStatus: 1 });
} catch (error) {
  if (error.codeName !== 'NotYetInitialized') {
    throw error;
  }
  admin.adminCommand({ replSetInitiate: { _id: 'rs0', members: [{ _id: 0, host: 'mongo:27017' }] } });
}

// A set of one elects itself within seconds; a minute means that something is wrong.
for (let tries = 0; !admin.adminCommand({ hello: 1 }).isWritablePrimary; tries += 1) {
  if (tries === 60) {
    throw new Error('The replica set has elected no primary for a minute');
  }
  sleep(1000);
}

const { username, password, pathname } = new URL(secret('store_url'));
const store = admin.getSiblingDB(pathname.slice(1));
const user = { pwd: decodeURIComponent(password), roles: [{ role: 'readWrite', db: store.getName() }] };
if (store.getUser(username) === null) {
  store.createUser({ user: username, ...user });
} else {
  store.updateUser(username, user);
}
print('The replica set is up and the user is there.');
