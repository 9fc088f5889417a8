/**
 * Users of the Lambda authorizer whose secret holds an argon2id hash or the SHA-256 of a key, and no password.
 *
 * Real: a copy of the stack with `Authorization: Basic`, whose authorizer starts when the list is in its secret already; both
 * functions, HTTP. Not real: Secrets Manager and API Gateway are an emulator, on which a function has a whole core. Every
 * other form of a list is in the function's own tests.
 */
import { createHash, randomBytes } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { credentialHeaders, putSecret } from 'local';
import { newPassword } from '../support/authorizer-users.ts';
import { type Copy, copyOf } from '../support/copies.ts';
import { vended } from '../support/expect.ts';
import { type Answer, ask } from '../support/http.ts';
import { apiKey, aws } from '../support/machines.ts';
import { refusedUnasked } from '../support/momento-faults.ts';
import { needs } from '../support/needs.ts';
import { plant } from '../support/planted.ts';

const PASSWORD = plant('the password of a hash', 'planted-hashed');
/** That of it, by argon2-cffi 25.1.0. */
const PASSWORD_HASH = plant(
  'the hash of a password',
  '$argon2id$v=19$m=7168,t=5,p=1$MDEyMzQ1Njc4OWFiY2RlZg$gsX4AFrg4DOSwzlCrdlFxPgZ411Md5OoathXi62ID8k',
);
const KEY = plant('the key of a machine', randomBytes(32).toString('hex'));
const KEY_SHA256 = plant('the hash of a key', createHash('sha256').update(KEY).digest('hex'));

const USERS = [
  { username: 'ada', password_hash: PASSWORD_HASH },
  { username: 'ci', key_sha256: KEY_SHA256 },
  { username: 'eve', password_hash: PASSWORD_HASH, disabled: true },
  { username: 'old', key_sha256: KEY_SHA256, disabled: true },
];

const GOOD: readonly [about: string, username: string, password: string][] = [
  ['the password of a hash', 'ada', PASSWORD],
  ['the key of a hash', 'ci', KEY],
];

const BAD: readonly [about: string, username: string, password: string][] = [
  ['another password than that of the hash', 'ada', newPassword('nobody')],
  ['the hash instead of the password', 'ada', PASSWORD_HASH],
  ["another user's key", 'ada', KEY],
  ['another key', 'ci', newPassword('no machine')],
  ['the hash instead of the key', 'ci', KEY_SHA256],
  ['the password of a user who is disabled', 'eve', PASSWORD],
  ['the key of a machine that is disabled', 'old', KEY],
  ['the password of a user under a name that nobody has', 'nobody', PASSWORD],
];

export function hashesAndKeys(): void {
  describe('Users by hashes and keys', needs("the tests' own emulator"), () => {
    let copy: Copy;
    before(async () => {
      copy = await copyOf('Basic', 'TvmTestHashes', { MomentoApiKey: apiKey() });
      await putSecret(aws(), copy.credentialsSecret, JSON.stringify({ users: USERS }));
    });

    const asking = (username: string, password: string): Promise<Answer> =>
      ask(copy.endpoint, { headers: credentialHeaders('basic', { username, password, groups: [] }) });

    for (const [about, username, password] of GOOD) {
      test(`${about}: a token`, async () => {
        vended(await asking(username, password));
      });
    }

    for (const [about, username, password] of BAD) {
      test(`${about}: 403, and Momento is not asked`, async () => {
        await refusedUnasked(() => asking(username, password), 403, 'Forbidden');
      });
    }
  });
}
