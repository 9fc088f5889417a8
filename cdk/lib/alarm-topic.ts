/**
 * The topic that alarms are sent to: one that exists, or a new one that CloudWatch alone may publish to, encrypted by a key of its
 * own. (By the account's `aws/sns`, CloudWatch could not: its policy cannot be changed.)
 */

import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';

import type { TvmConfig } from './canonical-config.ts';

/** The topic that `[monitoring]` says, or a new one. */
export function alarmTopic(scope: Construct, { alarm_topic, alarm_email }: TvmConfig['monitoring']): ITopic {
  if (alarm_topic !== undefined) {
    return Topic.fromTopicArn(scope, 'Topic', alarm_topic);
  }
  const cloudWatch = new ServicePrincipal('cloudwatch.amazonaws.com');
  const masterKey = new Key(scope, 'TopicKey', {
    description: 'Token vending machine: encrypts alarms on their way',
    enableKeyRotation: true,
    // What it encrypts is on its way and nowhere kept; CDK would leave it behind, and AWS charges for it.
    removalPolicy: RemovalPolicy.DESTROY,
  });
  // CloudWatch acts for every account. Not for another's alarm (IAM user guide, "The confused deputy problem").
  const forThisAccount = { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } };
  masterKey.addToResourcePolicy(
    new PolicyStatement({
      principals: [cloudWatch],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      resources: ['*'],
      conditions: forThisAccount,
    }),
  );
  const topic = new Topic(scope, 'Topic', {
    displayName: 'Token vending machine',
    masterKey,
    enforceSSL: true,
  });
  // With a policy of one's own, a topic has not the usual one, by which every alarm of the account may publish.
  topic.addToResourcePolicy(
    new PolicyStatement({
      principals: [cloudWatch],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: {
        ...forThisAccount,
        ArnLike: {
          'aws:SourceArn': Stack.of(scope).formatArn({
            service: 'cloudwatch',
            resource: 'alarm',
            resourceName: '*',
            arnFormat: ArnFormat.COLON_RESOURCE_NAME,
          }),
        },
      },
    }),
  );
  if (alarm_email !== undefined) {
    topic.addSubscription(new EmailSubscription(alarm_email));
  }
  return topic;
}
