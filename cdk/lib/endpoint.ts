/**
 * The endpoint: a REST API with `GET /`, its preflight, the answers that API Gateway gives by itself, and what the
 * configuration puts before it.
 *
 * Every answer carries the CORS headers and `Cache-Control: no-store`: those made here by `preflight.ts`, `gateway-answers.ts`
 * and `firewall.ts`, the others by the vending function.
 */

import { Stack } from 'aws-cdk-lib';
import {
  AwsIntegration,
  type CfnRestApi,
  EndpointType,
  IpAddressType,
  type IRestApi,
  type MethodDeploymentOptions,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

import type { Access } from './access.ts';
import { AccessLog } from './access-log.ts';
import { acknowledge } from './acknowledged.ts';
import type { ApiTable, TvmConfig } from './canonical-config.ts';
import { EndpointDomain } from './endpoint-domain.ts';
import { Firewall } from './firewall.ts';
import { gatewayAnswers } from './gateway-answers.ts';
import type { LogSettings } from './log-group.ts';
import { answerPreflight } from './preflight.ts';
import { tlsOf } from './tls.ts';
import { KEY_HEADER, KeyedUsage } from './usage-plan.ts';

/** @see Endpoint */
export interface EndpointProps {
  /** Answers `GET /`. */
  readonly vending: IFunction;
  /** How callers are let in. */
  readonly access: Access;
  /** What is logged, and what stands before it. */
  readonly api: ApiTable;
  /** How many requests API Gateway lets through. */
  readonly limits: TvmConfig['limits'];
  /** How long logs are kept, and what becomes of them when the stack is deleted. */
  readonly logs: LogSettings;
  /** Whether AWS X-Ray traces requests, which it then does from here on. */
  readonly tracing: boolean;
}

/** The stage of the JavaScript original, which is part of the URL. */
const STAGE = 'prod';

/** A caller may narrow what it asks for with these, whoever it is. */
const NARROWING_HEADERS = ['usergroup', 'cachename'];

/** What fetch wrappers send with every request, and the JavaScript original's preflight allowed in Open mode. `*` does not stand for the first. */
const USUAL_HEADERS = ['Authorization', 'Content-Type'];

/** The REST API that browsers call. */
export class Endpoint extends Construct {
  readonly api: RestApi;
  /** What callers ask, with a slash at its end: by its own domain where it has one, else API Gateway's with the stage. */
  readonly url: string;
  /** As a browser knows it: without the stage. */
  readonly origin: string;
  /** Where the configuration says `[api.domain]`. */
  readonly domain: EndpointDomain | undefined;
  /** Where the configuration says `[api.usage_plan]`. */
  readonly usage: KeyedUsage | undefined;

  constructor(scope: Construct, id: string, props: EndpointProps) {
    super(scope, id);
    const { access, limits, logs, tracing, vending } = props;
    const { access_logs, allowed_headers: allowed, domain, usage_plan: plan, waf } = props.api;
    this.api = new RestApi(this, 'Api', {
      // The names of APIs need not differ in an account, but CloudWatch knows an API by its name alone (dimension `ApiName`): two
      // of one name would share their alarms. CloudFormation changes a name in place.
      restApiName: `${Stack.of(this).stackName}-${this.node.addr.slice(-8)}`,
      description: 'Vends disposable Momento tokens to browsers',
      deployOptions: {
        stageName: STAGE,
        tracingEnabled: tracing,
        ...throttled(limits),
        ...(access_logs ? new AccessLog(this, 'AccessLog', logs).stageOptions : {}),
      },
      // Not edge-optimized: CloudFront may cache nothing here, the firewall might take its addresses for those of callers, and a domain
      // of one's own leads past it. What it would save is a few round trips in half an hour.
      endpointConfiguration: { types: [EndpointType.REGIONAL], ipAddressType: IpAddressType.DUAL_STACK },
      disableExecuteApiEndpoint: props.api.disable_default_endpoint,
      // The role for API Gateway's own logs is one per account and region, and not this stack's to set.
      cloudWatchRole: false,
    });
    // `RestApi` has no property for it.
    Object.assign(this.api.node.defaultChild as CfnRestApi, tlsOf(this));
    // `RestApi` adds an output whose name nobody can guess; the stack has one called `Endpoint`.
    this.api.node.tryRemoveChild('Endpoint');
    acknowledge(this.api, {
      APIG2: 'a GET without a body: all of it that counts, two headers and ?name=, the vending function checks itself',
    });
    acknowledge(this.api.deploymentStage, {
      ...(access_logs
        ? {}
        : {
            APIG1:
              'needs a role of the whole account, which is not this stack’s to set; the functions log every request',
          }),
      ...(waf === undefined
        ? {
            APIG3:
              'a web ACL costs by the month, and what it should stop depends on the app; [limits] bounds what it costs',
          }
        : {}),
      APIG6: 'such logs hold what callers send, a password in a header of its own among it; access logs do not',
    });
    const { region, urlSuffix } = Stack.of(this);

    const get = this.api.root.addMethod('GET', this.calling(vending), {
      authorizationType: access.authorizationType,
      ...(access.authorizer === undefined ? {} : { authorizer: access.authorizer }),
      ...(access.scopes === undefined ? {} : { authorizationScopes: [...access.scopes] }),
      apiKeyRequired: plan !== undefined,
    });
    acknowledge(get, access.acknowledged);
    const keyHeaders = plan === undefined ? [] : [KEY_HEADER];
    const needed = [...access.credentialHeaders, ...keyHeaders, ...NARROWING_HEADERS, ...USUAL_HEADERS];
    answerPreflight(this.api, [...needed, ...allowed]);
    for (const answer of gatewayAnswers(access, props.api)) {
      this.api.addGatewayResponse(answer.type.responseType, answer);
    }
    // Its stage then moves to a deployment that nothing is missing for.
    this.api.latestDeployment?.node.addDependency(vending, ...(access.needs ?? []));

    if (waf !== undefined) new Firewall(this, 'Firewall', { stage: this.api.deploymentStage, waf, logs });
    if (plan !== undefined) this.usage = new KeyedUsage(this, 'Usage', { api: this.api, plan });
    // CDK's own types do not fit together where an optional property may not be undefined.
    if (domain !== undefined) this.domain = new EndpointDomain(this, 'Domain', { api: this.api as IRestApi, domain });
    this.origin = this.domain?.origin ?? `https://${this.api.restApiId}.execute-api.${region}.${urlSuffix}`;
    this.url = this.domain === undefined ? this.api.url : `${this.domain.origin}/`;
  }

  /**
   * Not `LambdaIntegration`, whose permission refers to the stage: it would be made after the stage has moved to a function that
   * API Gateway may not call yet.
   */
  private calling(vending: IFunction): AwsIntegration {
    vending.addPermission('CalledByEndpoint', {
      principal: new ServicePrincipal('apigateway.amazonaws.com'),
      sourceArn: this.api.arnForExecuteApi('GET', '/', STAGE),
    });
    const path = `2015-03-31/functions/${vending.functionArn}/invocations`;
    return new AwsIntegration({ service: 'lambda', proxy: true, path });
  }
}

/**
 * Of `GET /` alone: a preflight, which no function answers, must not use up what requests may, nor be refused with them. A browser
 * that is refused one takes the network for broken and never sees the `Retry-After`.
 */
function throttled(limits: TvmConfig['limits']): { readonly methodOptions?: Record<string, MethodDeploymentOptions> } {
  const { requests_per_second: rate, request_burst: burst } = limits;
  if (rate === 'off' && burst === 'off') return {};
  return {
    methodOptions: {
      '//GET': {
        ...(rate === 'off' ? {} : { throttlingRateLimit: rate }),
        ...(burst === 'off' ? {} : { throttlingBurstLimit: burst }),
      },
    },
  };
}
