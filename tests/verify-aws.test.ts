/**
 * The parts of `make verify-aws` that need neither AWS nor an emulator: what it is told, which names are its own, what it cost, and
 * that docs/verify-aws.md has the questions that it asks. The whole program: `behaviours/verify-aws.ts`.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { ROOT } from 'local';
import { atMost, PRICES } from './verify-aws/cost.ts';
import { optionsFrom } from './verify-aws/options.ts';
import { cloudOptions, isOwnName, newRun, ownName, type Plan } from './verify-aws/plan.ts';
import { onlyAwsCanTell, QUESTIONS } from './verify-aws/questions.ts';
import { reportLines } from './verify-aws/report.ts';

const document = (name: string): string => readFileSync(join(ROOT, 'docs', name), 'utf8');

const folder = mkdtempSync(join(tmpdir(), 'verify-aws-'));
after(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const V1_KEY = Buffer.from(JSON.stringify({ endpoint: 'cell.example.com', api_key: 'planted' })).toString('base64');
const KEY = { MOMENTO_API_KEY_FILE: file('key', `${V1_KEY}\n`) };
const EMULATOR = { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' };

describe('make verify-aws', () => {
  test('deploys the three modes to the account of the environment, unless it is told otherwise', () => {
    const { where, modes, approval } = optionsFrom([], KEY);
    assert.deepEqual([where, modes, approval], ['account', ['Open', 'LambdaAuthorizer', 'AmazonCognito'], 'asked']);
  });

  const REFUSED: readonly [about: string, args: readonly string[], env: NodeJS.ProcessEnv, said: RegExp][] = [
    [
      'an account without a key',
      [],
      {},
      /AWS cannot reach the local Momento.*MOMENTO_API_KEY_FILE=FILE.*Nothing was built/,
    ],
    ['a key that is not there', [], { MOMENTO_API_KEY_FILE: join(folder, 'none') }, /none cannot be read/],
    ['a v2 key', [], { MOMENTO_API_KEY_FILE: file('v2', 'eyJhbGciOiJub25lIn0.e30.') }, /holds no v1 API key/],
    ['an account, with the endpoint of an emulator', [], { ...KEY, ...EMULATOR }, /would not reach an account/],
    ['an emulator elsewhere', ['--target', 'emulator'], { AWS_ENDPOINT_URL: 'https://sts.example.com' }, /no emulator/],
    ['an emulator without its Momento', ['--target', 'emulator'], { ...KEY, ...EMULATOR }, /MOMENTO_TOKEN_ENDPOINT/],
    ['another target', ['--target', 'moon'], KEY, /moon is neither/],
    ['another mode', ['--modes', 'Open,Closed'], KEY, /Closed is not one of Open, LambdaAuthorizer, AmazonCognito/],
    ['another flag', ['--keep'], KEY, /--keep.*--remove RUN/s],
    ['the removal of everything', ['--remove', '*'], KEY, /names no run/],
  ];
  for (const [about, args, env, said] of REFUSED) {
    test(`refuses ${about}, before anything is built`, () => {
      assert.throws(
        () => optionsFrom(args, env),
        (error: Error) => error.name === 'Failure' && said.test(error.message),
      );
    });
  }

  test('knows its own names, and no other', () => {
    const run = newRun();
    const another = newRun();
    assert.ok(isOwnName({ run }, ownName({ run }, 'Open')));
    for (const name of [
      ownName({ run: another }, 'Open'),
      `TvmVerify-${run}`,
      `Tvm-Open-${run}`,
      `TvmVerify-Open-${run}-2`,
      '',
      undefined,
    ]) {
      assert.ok(!isOwnName({ run }, name), name);
    }
  });

  test('deploys nothing that stays when its stack is deleted', () => {
    const shipped = readFileSync(join(ROOT, 'config/tvm.toml'), 'utf8');
    assert.doesNotMatch(shipped, /^stage\s*=\s*"prod"/m, 'the shipped configuration is the one that it deploys');
    const plan: Plan = {
      run: newRun(),
      where: 'account',
      region: 'eu-central-1',
      modes: ['Open'],
      momento: { apiKeyFile: '' },
    };
    const { stackName, tags, context } = cloudOptions(plan, 'Open', 'tvm.toml', 'Open');
    assert.deepEqual([stackName, tags, context], [ownName(plan, 'Open'), { 'tvm-verify': plan.run }, []]);
  });
});

describe('The cost that make verify-aws prints', () => {
  for (const { input, dollars } of Object.values(PRICES)) {
    test(`takes ${dollars} for "${input}" from docs/cost.md`, () => {
      const row = document('cost.md')
        .split('\n')
        .find((line) => line.startsWith(`| ${input} |`));
      assert.ok(
        row
          ?.split('|')[2]
          ?.match(/\d+\.\d+/g)
          ?.map(Number)
          .includes(dollars),
        row ?? 'there is no such row',
      );
    });
  }

  test('grows with each request, stack, user and hour, and a run is below a dollar', () => {
    const usage = { requests: 1_500, stacks: 7, users: 12, seconds: 2_400 };
    const { total, items } = atMost(usage);
    assert.ok(total > 0 && total < 1, `${total}`);
    assert.equal(
      items.reduce((sum, { dollars }) => sum + dollars, 0),
      total,
    );
    for (const more of [{ requests: 1_600 }, { stacks: 8 }, { users: 13 }, { seconds: 3_601 }]) {
      assert.ok(atMost({ ...usage, ...more }).total > total, JSON.stringify(more));
    }
  });

  test('is not made up where nobody knows how many requests there were', () => {
    const said = reportLines({ run: 'aaaaaaaa', where: 'account', asked: [], seconds: 1, left: [] }).join('\n');
    assert.match(said, /is not known/);
    assert.doesNotMatch(said, /\$/);
  });
});

describe('The open questions', () => {
  test('are the table of docs/verify-aws.md, in its order', () => {
    const rows = document('verify-aws.md')
      .split('\n## Open questions\n')[1]
      ?.split('\n')
      .filter((line) => line.startsWith('| '))
      .slice(1);
    assert.deepEqual(
      rows,
      QUESTIONS.map(({ name, relied, emulator }) => `| ${name} | ${relied} | ${emulator} |`),
    );
  });

  test('each have a name of their own, and a reason why an emulator cannot tell', () => {
    assert.equal(new Set(QUESTIONS.map(({ name }) => name)).size, QUESTIONS.length);
    for (const question of QUESTIONS) assert.match(onlyAwsCanTell(question), /^the emulator .+; only AWS can tell$/);
  });

  test('what is left is printed with the command that deletes it', () => {
    const left = [
      { what: 'the stack X', why: 'AccessDenied', command: 'aws cloudformation delete-stack --stack-name X' },
    ];
    const said = reportLines({ run: 'aaaaaaaa', where: 'account', asked: [], seconds: 1, left }).join('\n');
    assert.match(
      said,
      /the stack X \(AccessDenied\)\n {4}aws cloudformation delete-stack --stack-name X\n.*--remove aaaaaaaa/,
    );
  });
});
