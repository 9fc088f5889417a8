/**
 * The tests of a run: it deploys, then runs the behaviours of `tests/behaviours` against what it deployed, then asks the open
 * questions. Its argument is the file of the plan. It deletes nothing: whoever started it does, however it ends.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Failure } from 'local';
import { useTarget } from '../support/target.ts';
import { keyIn } from './options.ts';
import { cachesOf, directoryOf, ownName, readPlan } from './plan.ts';
import { record, writeRequests } from './results.ts';
import { Deployments } from './up.ts';

const plan = readPlan(process.argv[2] ?? '');
const dir = directoryOf(plan);
const deployments = new Deployments(plan);

useTarget({
  // The environment says which account, or which emulator.
  aws: () => ({}),
  momentoUrl: () => plan.momento.cacheEndpoint,
  apiKey: () => keyIn(plan.momento.apiKeyFile),
  outputsOf: (name) => deployments.outputsOf(name),
  stackNameOf: (name) => ownName(plan, name),
  ownName: (what) => ownName(plan, what),
  cognitoUrl: () => plan.emulatorUrl,
  has: new Set(plan.where === 'emulator' ? (['the local Momento'] as const) : []),
  ...cachesOf(plan),
});

// The names of the caches are read as these are loaded.
const { everyBehaviour } = await import('../behaviours.ts');
const { onlyAwsCanTell, QUESTIONS } = await import('./questions.ts');
const { answers } = await import('../support/http.ts');
const { signIns } = await import('../support/srp.ts');
const { plantKey } = await import('../support/planted.ts');

process.once('SIGTERM', () => process.exit(1));
process.once('exit', () =>
  writeRequests(dir, { requests: answers.length, users: signIns(), stacks: deployments.count() }),
);

try {
  plantKey('the API key', keyIn(plan.momento.apiKeyFile));
  await deployments.modes();
} catch (error) {
  console.error(error instanceof Failure ? `\n${error.message}` : error);
  process.exit(1);
}

everyBehaviour();

describe('Open questions', () => {
  for (const question of QUESTIONS) {
    const { name, modes = [] } = question;
    const missing = modes.filter((mode) => !plan.modes.includes(mode));
    const why =
      plan.where === 'emulator'
        ? onlyAwsCanTell(question)
        : missing.length > 0 && `it needs the stack ${missing.join(' and ')}, which is not here`;
    if (why !== false) record(dir, { name, state: 'not asked', said: why });
    test(name, { skip: why }, async (t) => {
      const { said, asRelied } = await question.ask({ plan, deployments }).catch((error: Error) => {
        record(dir, { name, state: 'failed', said: error.message });
        throw error;
      });
      record(dir, { name, state: asRelied ? 'as relied on' : 'not as relied on', said });
      t.diagnostic(said);
      assert.ok(asRelied, `This project relies on: ${question.relied}. It is: ${said}`);
    });
  }
});
