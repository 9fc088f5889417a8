import assert from 'node:assert/strict';
import { test } from 'node:test';
import { remains } from '../../src/aws/destroy.ts';

test('what stays of a deleted stack is what its template retains', () => {
  const template = {
    Resources: {
      Key: { Type: 'AWS::SecretsManager::Secret', DeletionPolicy: 'RetainExceptOnCreate' },
      Pool: { Type: 'AWS::Cognito::UserPool', DeletionPolicy: 'Retain' },
      Logs: { Type: 'AWS::Logs::LogGroup', DeletionPolicy: 'Delete' },
      Api: { Type: 'AWS::ApiGateway::RestApi' },
    },
  };
  const resources = ['Key', 'Pool', 'Logs', 'Api', 'AddedByHand'].map((logicalId) => ({
    logicalId,
    type: 'T',
    physicalId: `${logicalId}-1`,
  }));
  assert.deepEqual(
    remains(template, resources).map(({ physicalId }) => physicalId),
    ['Key-1', 'Pool-1'],
  );
  assert.deepEqual(remains({}, resources), []);
});
