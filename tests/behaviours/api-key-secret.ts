/**
 * The secret with the API key: a stack begins without a value in it, and works as soon as there is one.
 *
 * Real: stacks deployed by CloudFormation from the very template of CDK, their functions and secrets, the function's log.
 * Not real: AWS is an emulator, which gives a secret without a value the empty text, where AWS says that there is none; both
 * are tried.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import { putSecret } from 'local';
import { type Copy, copyOf } from '../support/copies.ts';
import { refused, vended } from '../support/expect.ts';
import { ask } from '../support/http.ts';
import { lineWith } from '../support/logs.ts';
import { apiKey, aws, CACHE, momentoUrl } from '../support/machines.ts';
import { needs } from '../support/needs.ts';
import { plant } from '../support/planted.ts';
import { TokenOwner } from '../support/rights.ts';
import { withoutCurrentValue } from '../support/secrets.ts';

export function apiKeySecret(): void {
  describe("The API key's secret", needs("the tests' own emulator"), () => {
    let bare: Copy;
    before(async () => {
      bare = await copyOf('Open', 'TvmTestWithoutKey');
    });

    /** Asks for a token, gets none, and finds what the function logged under the id that the answer has. */
    async function refusalInTheLog(): Promise<string> {
      const { requestId, message } = refused(await ask(bare.endpoint), 503, 'SecretUnavailable');
      assert.doesNotMatch(message, /secret|aws/i, 'nothing internal is told');
      const line = await lineWith(requestId, bare.name);
      assert.equal((JSON.parse(line) as { level: string }).level, 'ERROR');
      assert.ok(line.includes(bare.apiKeySecret), `the secret is named: ${line}`);
      return line;
    }

    test('with an empty value: 503, and the log says to put one there', async () => {
      assert.match(await refusalInTheLog(), /put/);
    });

    test('without a value: 503, and the log names the command', async () => {
      await withoutCurrentValue(bare.apiKeySecret);
      assert.match(await refusalInTheLog(), /aws secretsmanager put-secret-value --secret-id/);
    });

    test('with a value that is no key: 503, and the log says so without it', async () => {
      const value = plant('a value that is no key', `no-key-${randomUUID()}`);
      await putSecret(aws(), bare.apiKeySecret, value);
      assert.match(await refusalInTheLog(), /not a usable Momento API key/);
    });

    test('with the key the next request gets a token, in the same process', async () => {
      await putSecret(aws(), bare.apiKeySecret, apiKey());
      const owner = new TokenOwner(vended(await ask(bare.endpoint)).authToken, momentoUrl());
      assert.equal(await owner.keepItem(CACHE), 'granted');
    });

    test('the key may come with the deployment, in the parameter MomentoApiKey', async () => {
      const equipped = await copyOf('Open', 'TvmTestWithParameter', { MomentoApiKey: apiKey() });
      vended(await ask(equipped.endpoint));
    });
  });
}
