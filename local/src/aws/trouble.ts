/**
 * Why a deployment did not go through: the resources that failed, each with its cause and its fix, and what is there now.
 */
import type { StackEvent } from '@aws-sdk/client-cloudformation';
import type { CloudOptions } from './options.ts';

/** What AWS says, and what to do about it. The first that fits. */
const FIXES: readonly (readonly [says: RegExp, fix: string])[] = [
  [
    /SSM parameter \/cdk-bootstrap|has it been bootstrapped|is not bootstrapped|bootstrap stack version/i,
    'This account and region are not ready for CDK: "npx cdk bootstrap aws://ACCOUNT/REGION", once. With a qualifier of its own (CDK_QUALIFIER), "make doctor" says the whole of it.',
  ],
  [
    /UnreservedConcurrentExecution below its minimum/i,
    'The account has not that many executions to reserve: lower functions.reserved_concurrency, or ask AWS for a higher quota ("Concurrent executions").',
  ],
  [
    /CloudWatch Logs role ARN must be set/i,
    'API Gateway has no role in this account and region to write access logs by: see "Access logs" in docs/endpoint.md, or leave api.access_logs out.',
  ],
  [
    /ROLLBACK_FAILED.*can not be updated|is in (?:UPDATE_)?ROLLBACK_FAILED/i,
    'An earlier rollback got stuck: "npx cdk rollback STACK" goes on with it (see docs/upgrades.md).',
  ],
  [
    /_IN_PROGRESS state|is in \S+_IN_PROGRESS/i,
    'Another deployment of this stack is under way: wait for its end, then run it again.',
  ],
  [
    /is not authorized to perform|AccessDenied|UnauthorizedOperation|security token .* invalid/i,
    'The role that deploys may not do this: it is the one of "cdk bootstrap", unless you named another. Whoever bootstrapped the account can widen it.',
  ],
  [
    /ExpiredToken|token .* (?:has )?expired/i,
    'The credentials have ended: sign in anew ("aws sso login"), then run it again.',
  ],
  [
    /already exists/i,
    'Something of that name is there and not of this stack, often kept by a stack that was deleted: import it ("npx cdk import") or delete it, then run it again.',
  ],
  [
    /LimitExceeded|limit exceeded|quota|Rate exceeded|TooManyRequests/i,
    'A quota of the account: wait and run it again, or ask AWS to raise it ("Service Quotas").',
  ],
  [/No space left on device|ENOSPC/i, 'The disk is full.'],
];

/** What to do about what AWS says; nothing where nothing is known. */
export function fixFor(said: string, stackName: string): string | undefined {
  return FIXES.find(([says]) => says.test(said))?.[1].replace('STACK', stackName);
}

/** What a stack's status says about what callers meet now. */
const NOW: readonly (readonly [status: RegExp, meaning: string])[] = [
  [/^UPDATE_ROLLBACK_COMPLETE$/, 'The stack is as it was before; callers noticed nothing of it.'],
  [/^ROLLBACK_COMPLETE$/, 'Nothing is left of this first deployment; the next one begins anew.'],
  [
    /ROLLBACK_FAILED$/,
    'The rollback got stuck as well: "npx cdk rollback STACK" goes on with it (see docs/upgrades.md).',
  ],
  [/IN_PROGRESS$/, 'CloudFormation is still at it: look at its console before you try again.'],
];

/**
 * What failed, in words; empty where CloudFormation has nothing to say, because it was never reached.
 *
 * @param events the latest first
 */
export function troubleIn(events: readonly StackEvent[], status: string | undefined, options: CloudOptions): string {
  const failed = events.filter(isCause).reverse();
  if (failed.length === 0) return '';
  const told = failed.map((event) => {
    const reason = event.ResourceStatusReason ?? 'CloudFormation gave no reason';
    const fix = fixFor(reason, options.stackName);
    return [
      `${event.LogicalResourceId} (${event.ResourceType}): ${verbOf(event.ResourceStatus ?? '')}`,
      `  why:  ${reason.trim()}`,
      ...(fix === undefined ? [] : [`  fix: ${fix}`]),
    ].join('\n');
  });
  const now = NOW.find(([known]) => known.test(status ?? ''))?.[1].replace('STACK', options.stackName);
  return [...told, ...(now === undefined ? [] : [now])].join('\n\n');
}

/** What failed by itself; the rest was cancelled because of it. */
function isCause({ ResourceStatus, ResourceStatusReason, ResourceType }: StackEvent): boolean {
  return (
    (ResourceStatus ?? '').endsWith('_FAILED') &&
    ResourceType !== 'AWS::CloudFormation::Stack' &&
    !/cancelled/i.test(ResourceStatusReason ?? '')
  );
}

function verbOf(status: string): string {
  if (status.startsWith('CREATE')) return 'could not be created';
  if (status.startsWith('DELETE')) return 'could not be deleted';
  return 'could not be changed';
}
