/** The functions of a deployed stack. */
import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { clientConfig } from 'local';
import { type FunctionRole, MACHINE } from './logs.ts';
import { emulatorUrl } from './machines.ts';

/**
 * Has a function of `stackName` start anew, as SECURITY.md tells an operator in haste: by a change of its configuration. On
 * AWS any change does; the emulator needs one that a process would notice.
 */
export async function startAnew(stackName: string, role: FunctionRole): Promise<void> {
  const client = new CloudFormationClient(clientConfig(emulatorUrl()));
  const { StackResources = [] } = await client.send(new DescribeStackResourcesCommand({ StackName: stackName }));
  const resource = StackResources.find(
    ({ ResourceType, LogicalResourceId = '' }) =>
      ResourceType === 'AWS::Lambda::Function' && LogicalResourceId.startsWith(`${MACHINE}${role}`),
  );
  const name = resource?.PhysicalResourceId;
  if (name === undefined) throw new Error(`${stackName} has no function ${role}`);
  const answer = await fetch(`${emulatorUrl()}/2015-03-31/functions/${name}/configuration`, {
    method: 'PUT',
    body: JSON.stringify({ Timeout: 10 }),
  });
  if (!answer.ok) throw new Error(`${name} cannot be changed: ${await answer.text()}`);
}
