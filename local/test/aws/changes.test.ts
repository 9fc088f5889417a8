/** What a deployment changes, in a few lines. Real: templates of the app, and CDK's comparison. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { summaryOf } from '../../src/aws/changes.ts';

const ROLE = {
  Type: 'AWS::IAM::Role',
  Metadata: { 'aws:cdk:path': 'Stack/TokenVendingMachine/Vending/Role/Resource' },
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
    },
  },
};
const KEY = { Type: 'AWS::SecretsManager::Secret', Properties: { Name: 'key' } };
const FUNCTION = (MemorySize: number) => ({
  Type: 'AWS::Lambda::Function',
  Properties: { MemorySize, Handler: 'bootstrap' },
});

const policy = (...actions: string[]) => ({
  Type: 'AWS::IAM::Policy',
  Properties: {
    PolicyName: 'p',
    Roles: [{ Ref: 'RoleId' }],
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: actions.map((Action) => ({
        Effect: 'Allow',
        Action,
        Resource: { Ref: 'TokenVendingMachineKey12345678' },
      })),
    },
  },
});

const before = {
  Resources: {
    RoleId: ROLE,
    TokenVendingMachineKey12345678: KEY,
    TokenVendingMachineVendingFunctionB0FE70A4: FUNCTION(128),
    Policy: policy('secretsmanager:GetSecretValue'),
    Old: { Type: 'AWS::SNS::Topic' },
  },
  Outputs: { Endpoint: { Value: 'a' } },
};

test('what is added, changed, replaced and removed is told, by the place of each in the app', () => {
  const { Old: _, ...kept } = before.Resources;
  const after = {
    Resources: {
      ...kept,
      TokenVendingMachineKey12345678: { ...KEY, Properties: { Name: 'another' } },
      TokenVendingMachineVendingFunctionB0FE70A4: FUNCTION(256),
      New: { Type: 'AWS::Logs::LogGroup' },
    },
    Outputs: before.Outputs,
  };
  assert.deepEqual(summaryOf(before, after), [
    'adds Logs::LogGroup New',
    'changes Lambda::Function VendingFunction (MemorySize)',
    'replaces SecretsManager::Secret Key (Name)',
    'removes SNS::Topic Old',
  ]);
});

test('permissions are told in words: who may do what, from then on and no longer', () => {
  const after = { ...before, Resources: { ...before.Resources, Policy: policy('secretsmanager:PutSecretValue') } };
  assert.deepEqual(summaryOf(before, after), [
    'changes IAM::Policy Policy (PolicyDocument)',
    'permissions',
    '  + Vending/Role may secretsmanager:PutSecretValue on Key',
    '  - Vending/Role may secretsmanager:GetSecretValue on Key',
  ]);
});

test('a first deployment is a count of what it makes, and what that may do', () => {
  const many = Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`Log${at}`, { Type: 'AWS::Logs::LogGroup' }]));
  const [resources, ...permissions] = summaryOf(undefined, { ...before, Resources: { ...before.Resources, ...many } });
  assert.match(resources ?? '', /^adds 17 resources: IAM::Role, SecretsManager::Secret, .*12 × Logs::LogGroup$/);
  assert.deepEqual(permissions, ['permissions', '  + Vending/Role may secretsmanager:GetSecretValue on Key']);
});

test('the same template is no change', () => {
  assert.deepEqual(summaryOf(before, before), []);
});
