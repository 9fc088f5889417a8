/**
 * Users whom `tvm user` put into the secret of `LambdaAuthorizer` mode outlive every change of the configuration: all of them are
 * still there after each deployment, as they were, and get tokens of the groups that the file then has.
 *
 * Real and not real: `tests/upgrades.test.ts`; also real: the built command line. As on AWS, the emulator's CloudFormation makes a new
 * value of a secret when any part of its `GenerateSecretString` has changed.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { credentialHeaders, type DeployedStack } from 'local';
import { newPassword } from '../support/authorizer-users.ts';
import { vended } from '../support/expect.ts';
import { ask } from '../support/http.ts';
import { CACHE, deployOther, momentoUrl, SHIPPED, stackNameOf, written } from '../support/machines.ts';
import { plant } from '../support/planted.ts';
import { REFUSED, TokenOwner } from '../support/rights.ts';
import { secretValue } from '../support/secrets.ts';
import { buildTvm, tvmDoes } from '../support/tvm.ts';

const NAME = 'EditedUsers';
const AUTH = 'LambdaAuthorizer';

/** One deployment after the other: what each has beside, or in place of, what the file had before. */
const EDITS: readonly (readonly [what: string, edit: (file: string) => string])[] = [
  [
    'one more group, one renamed, and other permissions',
    (file) =>
      file
        .replace('[groups.ReadOnlyUserGroup]', '[groups.Renamed]')
        .replace(/description = .*/g, 'description = "another"')
        .replace('role = "ReadWrite"', 'role = "ReadOnly"')
        .concat(`\n[[groups.Added.permissions]]\ncache = "${CACHE}"\ntopic = "added"\nrole = "PublishSubscribe"\n`),
  ],
  [
    'other limits, functions, tokens, monitoring, and settings of the endpoint',
    (file) =>
      file
        .replace('expires_in = "1h"', 'expires_in = "30m"')
        .concat('\n[functions]\nmemory = 256\ntimeout = 20\nlog_retention = "7d"\ntracing = true\n')
        .concat('\n[limits]\nrequests_per_second = 50\nrequest_burst = 100\n')
        .concat('\n[api]\nauthorizer_cache_ttl = 0\n\n[reuse]\nmode = "off"\n')
        .concat('\n[monitoring]\nmetrics = true\ndashboard = true\naudit = "plain"\n'),
  ],
  [
    'production, and a key of KMS',
    (file) =>
      file
        .concat(
          '\n[secrets]\nkms_key = "arn:aws:kms:us-east-1:000000000000:key/12345678-1234-1234-1234-123456789012"\n',
        )
        .concat('\n[deployment]\nstage = "prod"\n'),
  ],
  ['the file of the beginning', () => readFileSync(SHIPPED, 'utf8')],
];

interface Listed {
  readonly username: string;
}

export function editsKeepUsers(): void {
  describe('An edit of the configuration', () => {
    const stack = ['--stack', stackNameOf(NAME)];
    const password = newPassword('ada');
    let key: string;
    let machine: DeployedStack;
    let put: readonly unknown[];
    let file = readFileSync(SHIPPED, 'utf8');

    /** Those of the secret who are no demo users, just as it has them. */
    async function users(): Promise<readonly unknown[]> {
      const { CredentialsSecretArn: id = '', DemoUsers: demo = [] } = machine.outputs;
      const { users: all } = JSON.parse((await secretValue(id)) ?? '{"users":[]}') as { users: readonly Listed[] };
      return all.filter(({ username }) => !demo.some((user) => user.username === username));
    }

    async function owner(username: string, secret: string): Promise<TokenOwner> {
      const headers = credentialHeaders('headers', { username, password: secret, groups: [] });
      return new TokenOwner(vended(await ask(machine.outputs.Endpoint, { headers })).authToken, momentoUrl());
    }

    before(async () => {
      machine = await deployOther(NAME, { config: SHIPPED, auth: AUTH });
      await buildTvm();
      await tvmDoes(['user', 'add', 'ada', '--group', 'ReadWriteUserGroup', ...stack], `${password}\n`);
      key = plant(
        'the key of ci',
        (await tvmDoes(['user', 'add', 'ci', '--key', '--group', 'ReadWriteUserGroup', ...stack])).trimEnd(),
      );
      await tvmDoes(['user', 'add', 'gone', '--group', 'ReadOnlyUserGroup', ...stack], `${newPassword('gone')}\n`);
      await tvmDoes(['user', 'disable', 'gone', ...stack]);
      put = await users();
      assert.equal(put.length, 3);
    });

    for (const [what, edit] of EDITS) {
      test(`${what}: every user is still there, and gets tokens`, async () => {
        const { CredentialsSecretArn: secret } = machine.outputs;
        file = edit(file);
        machine = await deployOther(NAME, { config: written(`edited-${NAME}`, file), auth: AUTH });
        assert.equal(machine.outputs.CredentialsSecretArn, secret);
        assert.deepEqual(await users(), put);
        for (const [username, proof] of [
          ['ada', password],
          ['ci', key],
        ] as const) {
          const theirs = await owner(username, proof);
          assert.equal(await theirs.publish(CACHE, 'room'), 'granted', username);
          assert.equal(await theirs.keepItem(CACHE), REFUSED, username);
        }
      });
    }
  });
}
