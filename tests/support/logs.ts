/** What the functions logged, as CloudWatch Logs has it. */

import { setTimeout as sleep } from 'node:timers/promises';
import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
  type FilterLogEventsCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import { aws, isDeployed, STACKS, stackNameOf, target } from './machines.ts';

/** A function of a stack, by the start of its log group's logical id. */
export type FunctionRole = 'Vending' | 'Authorizer';

/** What the logical ids of a stack begin with: the id of its one construct. */
export const MACHINE = 'TokenVendingMachine';

const POLL_MS = 50;
const ARRIVAL_MS = 5000;

/** What a line about a vended token says of where it is from. */
const ORIGIN = /"origin":"([^"]+)"/;

/** The lines that a function of `stackName` logged, oldest first. Those of the platform (`START …`) are among them. */
export async function logOf(stackName: string, role: FunctionRole): Promise<string[]> {
  const [group] = await groupsOf(stackName, role);
  if (group === undefined) throw new Error(`${stackName} has no log group of ${role}`);
  return linesOf(group);
}

/** The log groups of a stack's functions; of one of them alone, where a role is given. */
async function groupsOf(stackName: string, role = ''): Promise<string[]> {
  const client = new CloudFormationClient(aws());
  const { StackResources = [] } = await client.send(new DescribeStackResourcesCommand({ StackName: stackName }));
  return StackResources.filter(
    ({ ResourceType, LogicalResourceId = '' }) =>
      ResourceType === 'AWS::Logs::LogGroup' && LogicalResourceId.startsWith(`${MACHINE}${role}`),
  ).flatMap(({ PhysicalResourceId }) => PhysicalResourceId ?? []);
}

/** How often a function of `stackName` was run: the platform logs it before the answer is given. */
export async function runsOf(stackName: string, role: FunctionRole): Promise<number> {
  return (await logOf(stackName, role)).filter((line) => line.startsWith('START ')).length;
}

/** The line of the vending function with this id in it. A function's lines may arrive a little later than its answer. */
export async function lineWith(id: string, stackName: string): Promise<string> {
  const deadline = performance.now() + ARRIVAL_MS;
  do {
    const line = (await logOf(stackName, 'Vending')).find((candidate) => candidate.includes(id));
    if (line !== undefined) return line;
    await sleep(POLL_MS);
  } while (performance.now() < deadline);
  throw new Error(`${stackName} logged nothing with ${id}`);
}

/**
 * How the vending function of `stackName` came by the tokens that it gave, by how often; asked once it has given `tokens`.
 * A process of it has its first token for a grant `minted`, or `shared` by another; the further ones are `reused`.
 */
export async function originsOf(stackName: string, tokens: number): Promise<Map<string, number>> {
  const deadline = performance.now() + ARRIVAL_MS;
  do {
    const lines = await logOf(stackName, 'Vending');
    const origins = lines.map((line) => ORIGIN.exec(line)?.[1]).filter((origin) => origin !== undefined);
    if (origins.length >= tokens) {
      const counts = new Map<string, number>();
      for (const origin of origins) counts.set(origin, (counts.get(origin) ?? 0) + 1);
      return counts;
    }
    await sleep(POLL_MS);
  } while (performance.now() < deadline);
  throw new Error(`${stackName} logged fewer than ${tokens} tokens`);
}

/** Every line of every log group that is the tests' own, by the name of the group. */
export async function everyLog(): Promise<Map<string, string[]>> {
  const names = await everyGroup();
  return new Map(await Promise.all(names.map(async (name) => [name, await linesOf(name)] as const)));
}

async function everyGroup(): Promise<string[]> {
  if (target().has.has("the tests' own emulator")) {
    const { logGroups = [] } = await cloudWatch().send(new DescribeLogGroupsCommand({}));
    return logGroups.flatMap(({ logGroupName }) => logGroupName ?? []);
  }
  // In an account, others have theirs.
  const ours = STACKS.filter(isDeployed).map(stackNameOf);
  return (await Promise.all(ours.map((name) => groupsOf(name)))).flat();
}

async function linesOf(logGroupName: string): Promise<string[]> {
  const client = cloudWatch();
  const lines: string[] = [];
  let nextToken: string | undefined;
  do {
    const page: FilterLogEventsCommandOutput = await client.send(
      new FilterLogEventsCommand({ logGroupName, ...(nextToken && { nextToken }) }),
    );
    lines.push(...(page.events ?? []).map(({ message = '' }) => message));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return lines;
}

function cloudWatch(): CloudWatchLogsClient {
  return new CloudWatchLogsClient(aws());
}
