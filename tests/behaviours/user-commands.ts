/**
 * `tvm user`: who is added gets a token, who has another password needs it, who is removed gets none.
 *
 * Real: the built command line, with the stack's outputs, the secret and the pool; both functions, HTTP, the sign-in. Not
 * real: CloudFormation, Secrets Manager, Cognito and API Gateway are an emulator; it moves the labels of a secret by AWS's
 * rules. Everything else that the commands say and do is in the tests of `crates/tvm`.
 */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { credentialHeaders } from 'local';
import { newPassword } from '../support/authorizer-users.ts';
import { type Copy, copyOf } from '../support/copies.ts';
import { vended } from '../support/expect.ts';
import { startAnew } from '../support/functions.ts';
import { type Answer, ask } from '../support/http.ts';
import { apiKey, CACHE, endpointOf, machine, momentoUrl, stackNameOf } from '../support/machines.ts';
import { needs } from '../support/needs.ts';
import { plant } from '../support/planted.ts';
import { REFUSED, TokenOwner } from '../support/rights.ts';
import { secretValue } from '../support/secrets.ts';
import { buildTvm, tvm, tvmDoes } from '../support/tvm.ts';
import { deployedDirectory, signIn } from '../support/user-pool.ts';

const READ_ONLY = ['--group', 'ReadOnlyUserGroup'];
const POLL_MS = 200;
/** More than API Gateway keeps a decision for. */
const TIMEOUT_MS = 20_000;

export function userCommands(): void {
  describe('tvm user', needs("the tests' own emulator"), () => {
    before(buildTvm);
    withTheAuthorizer();
    withCognito();

    test('a stack without users of its own says so', async () => {
      for (const [stack, said] of [
        ['Open', /it has no users/],
        ['Jwt', /tokens of your issuer/],
      ] as const) {
        const { code, out, notes } = await tvm(['user', 'list', '--stack', stackNameOf(stack)]);
        assert.deepEqual([code, out], [1, '']);
        assert.match(notes, said);
      }
      const { notes } = await tvm(['user', 'list', '--stack', 'TvmTestNowhere']);
      assert.match(notes, /there is no stack `TvmTestNowhere` in us-east-1/);
    });
  });
}

function withTheAuthorizer(): void {
  describe('with the authorizer', () => {
    let copy: Copy;
    const stack = () => ['--stack', copy.name];
    const [first, second, shared] = [newPassword('ada'), newPassword('ada, changed'), newPassword('bob')];
    const asking = (username: string, password: string): Promise<Answer> =>
      ask(copy.endpoint, { headers: credentialHeaders('headers', { username, password, groups: [] }) });
    let key: string;

    before(async () => {
      copy = await copyOf('LambdaAuthorizer', 'TvmTestUserCommands', { MomentoApiKey: apiKey() });
      // At once, as two operators would.
      await Promise.all([
        tvmDoes(['user', 'add', 'ada', ...READ_ONLY, ...stack()], `${first}\n`),
        tvmDoes(['user', 'add', 'bob', ...READ_ONLY, ...stack()], `${shared}\n`),
      ]);
      const printed = await tvmDoes(['user', 'add', 'ci', '--key', ...READ_ONLY, ...stack()]);
      key = plant('the generated key', printed.trimEnd());
    });

    test('the user whom the deployment makes is in every configured group, beside those who were added', async () => {
      const { users } = JSON.parse((await secretValue(copy.credentialsSecret)) ?? '{}') as {
        users: readonly { username: string; password: string; groups: unknown }[];
      };
      const made = users.find(({ username }) => username === 'momento');
      assert.equal(made?.groups, '*');
      const password = plant('the generated password', made.password);
      const owner = new TokenOwner(vended(await asking('momento', password)).authToken, momentoUrl());
      assert.equal(await owner.publish(CACHE, 'room'), 'granted');
      assert.equal(await owner.subscribe(CACHE, 'room'), 'granted');
      const narrowed = { usergroup: 'ReadOnlyUserGroup' };
      const headers = { ...credentialHeaders('headers', { username: 'momento', password, groups: [] }), ...narrowed };
      const reader = new TokenOwner(vended(await ask(copy.endpoint, { headers })).authToken, momentoUrl());
      assert.equal(await reader.publish(CACHE, 'room'), REFUSED);
    });

    test('two who were added at once, and a machine with a key, get tokens of their group', async () => {
      for (const [username, password] of [
        ['ada', first],
        ['bob', shared],
        ['ci', key],
      ] as const) {
        const owner = new TokenOwner(vended(await asking(username, password)).authToken, momentoUrl());
        assert.equal(await owner.subscribe(CACHE, 'room'), 'granted');
        assert.equal(await owner.publish(CACHE, 'room'), REFUSED);
      }
      assert.equal((await asking('ada', shared)).status, 403);
    });

    test('another password replaces the first, and who is removed or disabled is locked out', async () => {
      await tvmDoes(['user', 'passwd', 'ada', ...stack()], `${second}\n`);
      await tvmDoes(['user', 'remove', 'bob', ...stack()]);
      await tvmDoes(['user', 'disable', 'ci', ...stack()]);
      await startAnew(copy.name, 'Authorizer');
      await until(200, () => asking('ada', second));
      for (const [username, password] of [
        ['ada', first],
        ['bob', shared],
        ['ci', key],
      ] as const) {
        await until(403, () => asking(username, password));
      }
    });

    test('the list shows who there is', async () => {
      const rows = JSON.parse(await tvmDoes(['user', 'list', '--json', ...stack()])) as Record<string, unknown>[];
      assert.deepEqual(
        rows.map(({ username, signs_in_by, state }) => [username, signs_in_by, state]),
        [
          ['momento', 'password in clear', 'enabled'],
          ['ada', 'password', 'enabled'],
          ['ci', 'key', 'disabled'],
        ],
      );
    });
  });
}

function withCognito(): void {
  describe('with Cognito', () => {
    const MODE = 'AmazonCognito';
    const stack = ['--stack', stackNameOf(MODE)];
    const [first, second] = [newPassword('grace'), newPassword('grace, changed')];
    const signingIn = (password: string) => signIn(deployedDirectory(), { username: 'grace', password, groups: [] });

    test('who is added signs in and gets a token of their group', async () => {
      await tvmDoes(['user', 'add', 'grace', ...READ_ONLY, ...stack], `${first}\n`);
      const headers = { Authorization: `Bearer ${await signingIn(first)}` };
      const owner = new TokenOwner(vended(await ask(endpointOf(MODE), { headers })).authToken, momentoUrl());
      assert.equal(await owner.subscribe(CACHE, 'room'), 'granted');
      assert.equal(await owner.publish(CACHE, 'room'), REFUSED);
    });

    test('another password replaces the first', async () => {
      await tvmDoes(['user', 'passwd', 'grace', ...stack], `${second}\n`);
      await assert.rejects(signingIn(first), { name: 'NotAuthorizedException' });
      await signingIn(second);
    });

    test('the list shows her with her group, also by the id of the pool alone', async () => {
      const pool = machine(MODE).outputs.UserPoolId ?? '';
      const rows = JSON.parse(await tvmDoes(['user', 'list', '--json', '--user-pool', pool])) as { username: string }[];
      assert.deepEqual(
        rows.find(({ username }) => username === 'grace'),
        { username: 'grace', groups: ['ReadOnlyUserGroup'], signs_in_by: 'confirmed', state: 'enabled' },
      );
    });

    test('a password that the pool does not take leaves nobody behind', async () => {
      const { code, notes } = await tvm(['user', 'add', 'hopper', ...stack], 'planted but plain\n');
      assert.equal(code, 1);
      assert.match(notes, /InvalidPasswordException.*removed again/);
      const list = await tvmDoes(['user', 'list', ...stack]);
      assert.doesNotMatch(list, /hopper/);
    });

    test('who is removed cannot sign in', async () => {
      await tvmDoes(['user', 'remove', 'grace', ...stack]);
      await assert.rejects(signingIn(second));
      const { code, notes } = await tvm(['user', 'remove', 'grace', ...stack]);
      assert.equal(code, 1);
      assert.match(notes, /there is no user `grace` in the pool/);
    });
  });
}

/** Asks until the answer is this one: a function that starts anew, and a decision that is kept, take a while. */
async function until(status: number, asking: () => Promise<Answer>): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS;
  let answer = await asking();
  while (answer.status !== status && performance.now() < deadline) {
    await sleep(POLL_MS);
    answer = await asking();
  }
  assert.equal(answer.status, status, answer.body);
}
