/**
 * Copies of a deployed stack: the template that CDK made, deployed once more under another name by CloudFormation alone.
 *
 * Nothing is put into its secret, and nothing is built: what CDK uploaded is used again.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  Capability,
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { clientConfig, localEndpoint } from 'local';
import { emulatorUrl, templateOf } from './machines.ts';

/** A copy that is deployed. */
export interface Copy {
  readonly name: string;
  readonly endpoint: string;
  readonly apiKeySecret: string;
  /** What its authorizer compares with; empty in a mode that has none. */
  readonly credentialsSecret: string;
}

const POLL_MS = 100;
const TIMEOUT_MS = 60_000;

/** Deploys what `original` is under `name`, with these values of the template's parameters. */
export async function copyOf(
  original: string,
  name: string,
  parameters: Readonly<Record<string, string>> = {},
): Promise<Copy> {
  const client = new CloudFormationClient(clientConfig(emulatorUrl()));
  await client.send(
    new CreateStackCommand({
      StackName: name,
      TemplateBody: readFileSync(templateOf(original), 'utf8'),
      Capabilities: [Capability.CAPABILITY_IAM],
      Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
    }),
  );
  const { Outputs = [] } = await created(client, name);
  const output = (key: string): string => Outputs.find(({ OutputKey }) => OutputKey === key)?.OutputValue ?? '';
  return {
    name,
    endpoint: localEndpoint(output('Endpoint'), emulatorUrl()),
    apiKeySecret: output('ApiKeySecretArn'),
    credentialsSecret: output('CredentialsSecretArn'),
  };
}

async function created(client: CloudFormationClient, name: string): Promise<Stack> {
  const deadline = performance.now() + TIMEOUT_MS;
  while (performance.now() < deadline) {
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
    if (stack?.StackStatus === 'CREATE_COMPLETE') return stack;
    if (stack?.StackStatus !== 'CREATE_IN_PROGRESS') throw new Error(`${name}: ${stack?.StackStatusReason}`);
    await sleep(POLL_MS);
  }
  throw new Error(`${name} was not created within ${TIMEOUT_MS} ms`);
}
