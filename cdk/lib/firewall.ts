/**
 * `[api.waf]`: AWS WAF before the endpoint, by whichever name it is called.
 *
 * It keeps no sample of what it saw: in a sample are the headers of a request, and in those may be a password.
 */

import { Names } from 'aws-cdk-lib';
import type { Stage } from 'aws-cdk-lib/aws-apigateway';
import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';

import type { WafTable } from './config.ts';
import { errorBody, HEADERS_OF_EVERY_ANSWER, retryAfter } from './gateway-answers.ts';

/** @see Firewall */
export interface FirewallProps {
  /** What is guarded. */
  readonly stage: Stage;
  /** What by. */
  readonly waf: WafTable;
}

/** The time over which WAF counts the requests of an address. */
const WINDOW_SECONDS = 300;

/** WAF counts anew within seconds, and lets an address in again once its last five minutes are below the limit. */
const RETRY_AFTER_SECONDS = 60;

const TOO_MANY = 'too-many-requests';

/** A web ACL, associated with the stage. */
export class Firewall extends Construct {
  constructor(scope: Construct, id: string, { stage, waf }: FirewallProps) {
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
    });
    new CfnWebACLAssociation(this, 'Association', { resourceArn: stage.stageArn, webAclArn: acl.attrArn });
  }
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
