import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StackEvent } from '@aws-sdk/client-cloudformation';
import { cloudOptionsFrom } from '../../src/aws/options.ts';
import { fixFor, troubleIn } from '../../src/aws/trouble.ts';

const OPTIONS = cloudOptionsFrom({ STAGE: 'test' }, '/somewhere');

function event(LogicalResourceId: string, ResourceStatus: StackEvent['ResourceStatus'], why?: string): StackEvent {
  const ResourceType = LogicalResourceId === 'Stack' ? 'AWS::CloudFormation::Stack' : 'AWS::Lambda::Function';
  return {
    Timestamp: new Date(0),
    StackId: '',
    EventId: '',
    StackName: '',
    LogicalResourceId,
    ResourceType,
    ResourceStatus,
    ResourceStatusReason: why,
  };
}

// As CloudFormation tells it, the latest first.
const EVENTS = [
  event('Stack', 'UPDATE_ROLLBACK_COMPLETE'),
  event('Endpoint', 'UPDATE_FAILED', 'Resource update cancelled'),
  event(
    'Vending',
    'UPDATE_FAILED',
    'Resource handler returned message: "Specified ReservedConcurrentExecutions for function decreases account\'s UnreservedConcurrentExecution below its minimum value of [100]."',
  ),
  event('Vending', 'UPDATE_IN_PROGRESS'),
  event('Stack', 'UPDATE_IN_PROGRESS', 'User Initiated'),
];

test('the resource that failed is named, with its cause, its fix, and what callers meet now', () => {
  const told = troubleIn(EVENTS, 'UPDATE_ROLLBACK_COMPLETE', OPTIONS);
  assert.match(told, /^Vending \(AWS::Lambda::Function\): could not be changed\n {2}why: .*below its minimum/);
  assert.match(told, /\n {2}fix: .*functions\.reserved_concurrency/);
  assert.match(told, /as it was before/);
});

test('what was cancelled because of it is not told', () => {
  assert.doesNotMatch(troubleIn(EVENTS, 'UPDATE_ROLLBACK_COMPLETE', OPTIONS), /Endpoint|cancelled/);
});

test('a cause that nobody has a fix for is told as it is', () => {
  const told = troubleIn([event('Vending', 'CREATE_FAILED', 'The moon is full')], 'ROLLBACK_COMPLETE', OPTIONS);
  assert.equal(
    told,
    'Vending (AWS::Lambda::Function): could not be created\n  why:  The moon is full\n\n' +
      'Nothing is left of this first deployment; the next one begins anew.',
  );
});

test('where CloudFormation was never reached, it tells nothing', () => {
  assert.equal(troubleIn([], undefined, OPTIONS), '');
});

// What CDK and AWS print.
const SAID: readonly (readonly [said: string, fix: RegExp])[] = [
  ['SSM parameter /cdk-bootstrap/hnb659fds/version not found. Has the environment been bootstrapped?', /cdk bootstrap/],
  ['CloudWatch Logs role ARN must be set in account settings to enable logging', /role in this account/],
  ['User: arn:aws:iam::1:role/x is not authorized to perform: lambda:CreateFunction', /may not do this/],
  ['Stack [X] is in UPDATE_IN_PROGRESS state and can not be updated.', /under way/],
  ['Stack:arn is in UPDATE_ROLLBACK_FAILED state and can not be updated.', /cdk rollback TokenVendingMachine-test/],
  ['/aws/x already exists in stack arn:aws:cloudformation:1', /import it/],
  ['The security token included in the request is expired ExpiredToken', /sign in anew/],
];

test('what AWS says often has a fix that fits', () => {
  for (const [said, fix] of SAID) assert.match(fixFor(said, OPTIONS.stackName) ?? '', fix, said);
  assert.equal(fixFor('The moon is full', OPTIONS.stackName), undefined);
});
