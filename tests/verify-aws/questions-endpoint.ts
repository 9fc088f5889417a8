/** Questions to the deployed endpoints: what API Gateway answers by itself, and how it can be reached. */
import { resolve6 } from 'node:dns/promises';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type SecureVersion } from 'node:tls';
import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { ask } from '../support/http.ts';
import { logOf, MACHINE } from '../support/logs.ts';
import type { Answer, Place, Question } from './place.ts';
import { ownName } from './plan.ts';

const VERSIONS = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const satisfies readonly SecureVersion[];
const TLS_TIMEOUT_MS = 10_000;

/** Lambda's log lines and metrics of a minute are there within a few. */
const LOGS_MS = 60_000;
const METRICS_MS = 240_000;

function hostOf({ deployments }: Place, mode: string): string {
  return new URL(deployments.outputsOf(mode)?.Endpoint ?? '').hostname;
}

async function takes(host: string, version: SecureVersion): Promise<boolean> {
  const socket = connect({
    host,
    port: 443,
    servername: host,
    minVersion: version,
    maxVersion: version,
    // OpenSSL else refuses the old versions itself, and nothing would be asked.
    ciphers: 'DEFAULT@SECLEVEL=0',
    timeout: TLS_TIMEOUT_MS,
  });
  try {
    await once(socket, 'secureConnect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function tlsVersions(place: Place): Promise<Answer> {
  const host = hostOf(place, 'Open');
  const taken: string[] = [];
  for (const version of VERSIONS) if (await takes(host, version)) taken.push(version);
  return {
    said: taken.join(', ') || 'none',
    asRelied: taken.includes('TLSv1.2') && !/TLSv1(,|$|\.1)/.test(taken.join()),
  };
}

async function ipv6(place: Place): Promise<Answer> {
  const addresses = await resolve6(hostOf(place, 'Open')).catch(() => []);
  return { said: addresses.join(', ') || 'no AAAA record', asRelied: addresses.length > 0 };
}

async function unknownPath({ deployments }: Place): Promise<Answer> {
  const answer = await ask(deployments.outputsOf('Open')?.Endpoint ?? '', {
    path: 'no-such-path',
    headers: { Authorization: 'Bearer made-up' },
  });
  const type = answer.headers['x-amzn-errortype'] ?? 'no x-amzn-errortype';
  return {
    said: `${answer.status} ${type}: ${answer.body}`,
    asRelied: answer.status === 403 && answer.body.includes('"UnknownRoute"'),
  };
}

/** A stack without a cache of decisions, and credentials in one header. */
const UNCACHED = '[api]\nauthorizer_cache_ttl = 0\n\n[authorizer]\ncredentials = "basic"\n';
const UNCACHED_NAME = 'uncached';
let uncached: Promise<string> | undefined;

function uncachedEndpoint({ deployments }: Place): Promise<string> {
  uncached ??= deployments
    .deploy(UNCACHED_NAME, 'LambdaAuthorizer', UNCACHED)
    .then(() => deployments.outputsOf(UNCACHED_NAME)?.Endpoint ?? '');
  return uncached;
}

async function withoutIdentitySource(place: Place): Promise<Answer> {
  const answer = await ask(await uncachedEndpoint(place));
  await sleep(LOGS_MS);
  const lines = await logOf(ownName(place.plan, UNCACHED_NAME), 'Authorizer').catch(() => []);
  const asked = lines.some((line) => line.includes('"platform.start"'));
  return {
    said: `${answer.status}, and the authorizer was ${asked ? '' : 'not '}asked`,
    asRelied: answer.status === 401,
  };
}

async function refusalsAsErrors(place: Place): Promise<Answer> {
  const endpoint = await uncachedEndpoint(place);
  const from = new Date(Date.now() - 60_000);
  const refusals = 5;
  for (let request = 0; request < refusals; request++) {
    await ask(endpoint, { headers: { Authorization: 'Basic ???' } });
  }
  await sleep(METRICS_MS);
  const FunctionName = await authorizerOf(ownName(place.plan, UNCACHED_NAME));
  const { Datapoints = [] } = await new CloudWatchClient({}).send(
    new GetMetricStatisticsCommand({
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Dimensions: [{ Name: 'FunctionName', Value: FunctionName }],
      StartTime: from,
      EndTime: new Date(),
      Period: 60,
      Statistics: ['Sum'],
    }),
  );
  const errors = Datapoints.reduce((sum, { Sum = 0 }) => sum + Sum, 0);
  // Nothing relies on it any more: the alarm is on a metric of the authorizer's own.
  return { said: `${errors} errors for ${refusals} requests that it refused with 401`, asRelied: true };
}

async function authorizerOf(stackName: string): Promise<string> {
  const { StackResources = [] } = await new CloudFormationClient({}).send(
    new DescribeStackResourcesCommand({ StackName: stackName }),
  );
  const found = StackResources.find(
    ({ ResourceType, LogicalResourceId = '' }) =>
      ResourceType === 'AWS::Lambda::Function' && LogicalResourceId.startsWith(`${MACHINE}Authorizer`),
  );
  return found?.PhysicalResourceId ?? '';
}

export const endpointQuestions: readonly Question[] = [
  {
    name: 'API Gateway: an unknown path with Authorization: Bearer',
    relied: '403 `UnknownRoute`',
    emulator: 'answers as if there were no header',
    modes: ['Open'],
    ask: unknownPath,
  },
  {
    name: 'API Gateway: a request without identity source, at an authorizer cache of 0 s',
    relied: '401, from API Gateway or from the authorizer',
    emulator: 'does not ask the authorizer, whatever the cache',
    ask: withoutIdentitySource,
  },
  {
    name: 'Lambda: whether a 401 of the authorizer counts in Errors',
    relied: 'nothing: no alarm counts them',
    emulator: 'has no such metric',
    ask: refusalsAsErrors,
  },
  {
    name: 'API Gateway: the versions of TLS that the endpoint takes',
    relied: 'TLS 1.2 and nothing older',
    emulator: 'has no TLS',
    modes: ['Open'],
    ask: tlsVersions,
  },
  {
    name: 'API Gateway: an IPv6 address of the endpoint',
    relied: 'there is one',
    emulator: 'listens on 127.0.0.1 alone',
    modes: ['Open'],
    ask: ipv6,
  },
];
