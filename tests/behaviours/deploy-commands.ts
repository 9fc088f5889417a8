/**
 * `make deploy`, `smoke` and `destroy`, as somebody without a terminal runs them: CI, or a script.
 *
 * Real: the commands with all that they run (CDK, cargo-lambda, `tvm`), the stack. Not real: AWS, which is the emulator.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { clientEnvironment, ROOT } from 'local';
import { emulatorUrl } from '../support/machines.ts';
import { needs } from '../support/needs.ts';
import { type Ran, ran } from '../support/programs.ts';

const STAGE = 'commands';
const IN_A_ZONE_THAT_IS_NOT_THERE = `[api.domain]
name = "tokens.example.com"
certificate = "arn:aws:acm:us-east-1:000000000000:certificate/none"
hosted_zone = "Z0THERE0IS0NONE"
`;
const STACK = `TokenVendingMachine-${STAGE}`;

export function deployCommands(): void {
  describe('The commands of a deployment', needs("the tests' own emulator"), () => {
    after(() => command('destroy', { YES: '1' }));

    test('a first deployment widens nothing, says in a few lines what it makes, and ends with its endpoint', async () => {
      const { code, out, notes } = await command('deploy', { AUTH: 'LambdaAuthorizer' });
      assert.equal(code, 0, notes);
      assert.match(out, new RegExp(`The first deployment of ${STACK} .*\n {2}adds \\d+ resources: `));
      assert.match(out, /\n {4}\+ \S*Role may secretsmanager:GetSecretValue on \S*ApiKeySecret\S*\n/);
      assert.doesNotMatch(out, /IAM Statement Changes/);
      assert.match(out, /401: it asks for credentials/);
      assert.match(out, /\nEndpoint (http:\/\/127\.0\.0\.1:\S+)\ncurl -sS -H 'username: …' -H 'password: …' '\1'\n$/);
    });

    test('a second one says that nothing changed, and asks nobody', async () => {
      const { code, out, notes } = await command('deploy', { AUTH: 'LambdaAuthorizer' });
      assert.equal(code, 0, notes);
      assert.match(out, /nothing changed/);
      assert.doesNotMatch(out, new RegExp(`Deploy ${STACK}`));
      assert.match((await command('diff', { AUTH: 'LambdaAuthorizer' })).notes, /Nothing would change/);
    });

    test('what widens permissions waits for a yes, and nothing is deployed without it', async () => {
      const config = join(ROOT, '.local/test/traced.toml');
      const shipped = readFileSync(join(ROOT, 'config/tvm.toml'), 'utf8');
      writeFileSync(config, `${shipped}\n[functions]\ntracing = true\n`);
      const traced = { AUTH: 'LambdaAuthorizer', TVM_CONFIG: config };
      const { code, out, notes } = await command('deploy', traced);
      assert.equal(code, 1, out);
      assert.match(out, /\n {4}\+ \S*Role may .*xray:PutTraceSegments/);
      assert.match(notes, /widens what .* YES=1\. Nothing was changed/);
      assert.match((await command('deploy', { ...traced, DIFF: 'full' })).out, /IAM Statement Changes/);
    });

    test('an endpoint is not opened without a yes', async () => {
      const { code, notes } = await command('deploy', { AUTH: 'Open' });
      assert.equal(code, 1);
      assert.match(notes, /opens the endpoint: today LambdaAuthorizer asks who is there/);
      assert.match((await command('smoke')).out, /401: it asks for credentials/);
    });

    test('a deployment that fails names the resource and its cause, and the machine is as it was', async () => {
      const config = join(ROOT, '.local/test/domain.toml');
      const shipped = readFileSync(join(ROOT, 'config/tvm.toml'), 'utf8').replace(
        'auth = "Open"',
        'auth = "LambdaAuthorizer"',
      );
      writeFileSync(config, `${shipped}\n${IN_A_ZONE_THAT_IS_NOT_THERE}`);
      const { code, notes } = await command('deploy', { TVM_CONFIG: config, YES: '1' });
      assert.equal(code, 1);
      assert.match(notes, /\(AWS::Route53::RecordSet\): could not be (created|changed)\n {2}why: .*Z0THERE0IS0NONE/);
      assert.match(notes, /The stack is as it was before/);
      assert.match((await command('smoke')).out, /401: it asks for credentials/);
    });

    test('a stage called prod is not deployed as one that loses its users', async () => {
      const { code, out } = await command('deploy', { STAGE: 'prod', YES: '1' });
      assert.equal(code, 1);
      assert.match(out, /trouble {2}stage: STAGE=prod .* stage = "dev" in \[deployment\]/);
    });

    test('a stack is deleted after a yes, and what stays of it is said', async () => {
      assert.match((await command('destroy')).notes, /YES=1\. Nothing was changed/);
      const { code, out, notes } = await command('destroy', { YES: '1' });
      assert.equal(code, 0, notes);
      assert.match(out, /Nothing of TokenVendingMachine-commands stays/);
      assert.match((await command('smoke')).notes, new RegExp(`There is no stack ${STACK} `));
    });
  });
}

/** Runs what `make NAME` runs. */
async function command(name: string, said: NodeJS.ProcessEnv = {}): Promise<Ran> {
  const env = { ...clientEnvironment(emulatorUrl(), `${ROOT}/.local/test`), NO_COLOR: '1', STAGE, ...said };
  return ran('node', ['--import', 'tsx', 'local/src/main.ts', name], env);
}
