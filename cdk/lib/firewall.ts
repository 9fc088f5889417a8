/**
 * `[api.waf]`: AWS WAF before the endpoint, by whichever name it is called.
 *
 * It keeps no sample of what it saw, which would be the headers of requests that it let through as well. What it blocks it logs, if
 * the configuration says so, without what a caller proves who they are by.
 */

import { ArnFormat, Aws, Fn, Names, Stack } from 'aws-cdk-lib';
import type { Stage } from 'aws-cdk-lib/aws-apigateway';
import { CfnLoggingConfiguration, CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';

import type { WafTable } from './canonical-config.ts';
import { errorBody, HEADERS_OF_EVERY_ANSWER, retryAfter } from './gateway-answers.ts';
import { type LogSettings, logGroup } from './log-group.ts';
import { KEY_HEADER } from './usage-plan.ts';

/** @see Firewall */
export interface FirewallProps {
  /** What is guarded. */
  readonly stage: Stage;
  /** What by. */
  readonly waf: WafTable;
  /** How what it blocks is kept. */
  readonly logs: LogSettings;
}

/** The time over which WAF counts the requests of an address. */
const WINDOW_SECONDS = 300;

/** WAF counts anew within seconds, and lets an address in again once its last five minutes are below the limit. */
const RETRY_AFTER_SECONDS = 60;

const TOO_MANY = 'too-many-requests';

/** The headers that hold credentials in any of the modes, and the one that browsers add. */
const CREDENTIAL_HEADERS = ['authorization', 'cookie', 'password', 'username', KEY_HEADER];

/** A web ACL, associated with the stage. */
export class Firewall extends Construct {
  constructor(scope: Construct, id: string, { stage, waf, logs }: FirewallProps) {
    super(scope, id);
    const rules = [perAddress(waf), ...waf.managed_rules.map(managed)];
    const acl = new CfnWebACL(this, 'WebAcl', {
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      rules: rules.map((rule, priority) => ({ ...rule, priority, visibilityConfig: visibility(rule.name) })),
      customResponseBodies: {
        // WAF knows no request id: it answers before API Gateway gives one.
        [TOO_MANY]: {
          contentType: 'APPLICATION_JSON',
          content: errorBody(
            'TooManyRequests',
            'Too many requests from your address; wait for the seconds in Retry-After.',
          ),
        },
      },
      // CloudWatch tells web ACLs apart by this name alone, in all of an account and region.
      visibilityConfig: visibility(Names.uniqueResourceName(this, { maxLength: 128 })),
      // Also without logs of the stack: the account may have WAF send its own elsewhere.
      dataProtectionConfig: withoutCredentials(),
    });
    new CfnWebACLAssociation(this, 'Association', { resourceArn: stage.stageArn, webAclArn: acl.attrArn });
    if (waf.logs) this.log(acl, logs);
  }

  private log(acl: CfnWebACL, logs: LogSettings): void {
    // WAF demands the prefix. The id of a stack is another one each time that it is made: logs that `prod` kept are not in its way.
    const stackId = Fn.select(2, Fn.split('/', Aws.STACK_ID));
    const name = `aws-waf-logs-${Names.uniqueResourceName(this, { maxLength: 128 })}-${stackId}`;
    const { logGroupName } = logGroup(this, 'Logs', logs, name);
    // Not `logGroupArn`, whose `:*` at the end WAF does not take.
    const destination = Stack.of(this).formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: logGroupName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    new CfnLoggingConfiguration(this, 'Logging', {
      resourceArn: acl.attrArn,
      logDestinationConfigs: [destination],
      // What it lets through, the functions log and the access log.
      loggingFilter: {
        DefaultBehavior: 'DROP',
        Filters: [
          {
            Behavior: 'KEEP',
            Requirement: 'MEETS_ANY',
            Conditions: [{ ActionCondition: { Action: 'BLOCK' } }],
          },
        ],
      },
      redactedFields: [...CREDENTIAL_HEADERS.map((Name) => ({ singleHeader: { Name } })), { queryString: {} }],
    });
  }
}

/**
 * Beside the redaction of the log's fields, since that leaves what a rule matched: WAF quotes it ("Data protection", `matchedData`
 * in "Log fields" of its developer guide). The query is the name that a caller of Open mode types.
 */
function withoutCredentials(): CfnWebACL.DataProtectionConfigProperty {
  const action = 'SUBSTITUTION';
  return {
    dataProtections: [
      { action, field: { fieldType: 'SINGLE_HEADER', fieldKeys: CREDENTIAL_HEADERS } },
      { action, field: { fieldType: 'QUERY_STRING' } },
    ],
  };
}

type Rule = Omit<CfnWebACL.RuleProperty, 'priority' | 'visibilityConfig'>;

/** A 429, which clients wait after; the 403 that WAF gives by itself would stop them for good. */
function perAddress({ requests_per_5_minutes: limit }: WafTable): Rule {
  const headers = { ...HEADERS_OF_EVERY_ANSWER, ...retryAfter(RETRY_AFTER_SECONDS) };
  return {
    name: 'RequestsPerAddress',
    statement: { rateBasedStatement: { limit, aggregateKeyType: 'IP', evaluationWindowSec: WINDOW_SECONDS } },
    action: {
      block: {
        customResponse: {
          responseCode: 429,
          customResponseBodyKey: TOO_MANY,
          responseHeaders: Object.entries(headers).map(([name, value]) => ({ name, value })),
        },
      },
    },
  };
}

/** What these block is answered as the gateway response WAF_FILTERED has it. */
function managed(name: string): Rule {
  return {
    name,
    statement: { managedRuleGroupStatement: { vendorName: 'AWS', name } },
    overrideAction: { none: {} },
  };
}

function visibility(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: false };
}
