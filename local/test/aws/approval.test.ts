import assert from 'node:assert/strict';
import { test } from 'node:test';
import { approve } from '../../src/aws/approval.ts';
import { worthAsking } from '../../src/aws/deploy.ts';

const saying = (answer: string) => async () => answer;

test('whoever says yes goes on, and nobody else', async () => {
  for (const yes of ['y', 'Y', 'yes', ' yes ']) await approve('asked', 'It widens.', saying(yes));
  for (const no of ['', 'n', 'no', 'yet', 'yes no']) {
    await assert.rejects(approve('asked', 'It widens.', saying(no)), /Nothing was changed/, no);
  }
});

test('where nobody can be asked, only what was said beforehand counts', async () => {
  await assert.rejects(approve('asked', 'It widens.', undefined), /It widens\. .*YES=1/);
  await approve('given', 'It widens.', async () => assert.fail('nobody is asked'));
});

const NOTHING = { shown: 'x', broadening: false, destructive: false };

test('what widens, destroys or opens is worth a question; the rest is not', () => {
  const closed = { status: 'UPDATE_COMPLETE', outputs: { AuthMode: 'AmazonCognito' } };
  const open = { status: 'UPDATE_COMPLETE', outputs: { AuthMode: 'Open' } };
  assert.equal(worthAsking(NOTHING, closed, 'AmazonCognito'), '');
  assert.equal(worthAsking(NOTHING, open, 'Open'), '');
  assert.equal(worthAsking(NOTHING, open, 'AmazonCognito'), '');
  assert.match(worthAsking(NOTHING, closed, 'Open'), /opens the endpoint: today AmazonCognito/);
  assert.match(worthAsking({ ...NOTHING, broadening: true }, open, 'Open'), /widens/);
  assert.match(worthAsking({ ...NOTHING, destructive: true }, closed, 'AmazonCognito'), /replaces or deletes/);
  // A first deployment has nothing to destroy, and nothing to widen.
  assert.equal(worthAsking({ ...NOTHING, broadening: true }, undefined, 'Open'), '');
  assert.equal(worthAsking({ ...NOTHING, destructive: true }, undefined, 'Open'), '');
});

test('a value of a secret that CloudFormation makes anew is worth a question, a new secret is not', () => {
  const stack = { status: 'UPDATE_COMPLETE', outputs: { AuthMode: 'LambdaAuthorizer' } };
  // As `cdk diff` prints it.
  const said = (change: string) => ({ ...NOTHING, shown: `Resources\n${change}` });
  const changed =
    '[~] AWS::SecretsManager::Secret Credentials \n \u001b[33m└─ \u001b[0m[\u001b[33m~\u001b[39m] GenerateSecretString\n     └─ [~] .SecretStringTemplate:';
  assert.match(worthAsking(said(changed), stack, 'LambdaAuthorizer'), /puts a new user .*docs\/upgrades\.md/);
  const made = '[+] AWS::SecretsManager::Secret Credentials \n';
  assert.equal(worthAsking(said(made), stack, 'LambdaAuthorizer'), '');
});
