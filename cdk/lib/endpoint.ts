/**
 * The endpoint: a REST API with `GET /`, its preflight, and the answers that API Gateway gives by itself.
 *
 * Every answer carries the CORS headers and `Cache-Control: no-store`: those made here by the tables of this file and
 * `gateway-answers.ts`, the others by the vending function.
 */

import { Stack } from 'aws-cdk-lib';
import { AuthorizationType, AwsIntegration, MockIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

import type { Access } from './access.ts';
import { acknowledge } from './acknowledged.ts';
import type { TvmConfig } from './config.ts';
import { gatewayAnswers, HEADERS_OF_EVERY_ANSWER, quotedValues } from './gateway-answers.ts';

/** @see Endpoint */
export interface EndpointProps {
  /** Answers `GET /`. */
  readonly vending: IFunction;
  /** How callers are let in. */
  readonly access: Access;
  /** How many requests API Gateway lets through. */
  readonly limits: TvmConfig['limits'];
  /** Whether AWS X-Ray traces requests, which it then does from here on. */
  readonly tracing: boolean;
}

/** The stage of the JavaScript original, which is part of the URL. */
const STAGE = 'prod';

/** A caller may narrow what it asks for with these, whoever it is. */
const NARROWING_HEADERS = ['usergroup', 'cachename'];

/** What fetch wrappers send with every request, and the JavaScript original's preflight allowed in Open mode. */
const USUAL_HEADERS = ['Authorization', 'Content-Type'];

/**
 * How long a browser need not ask again whether it may ask, in seconds: as long as Chromium remembers at most. Without it a
 * browser does for five, and each token costs two requests.
 */
const PREFLIGHT_SECONDS = '7200';

/** The REST API that browsers call. */
export class Endpoint extends Construct {
  readonly api: RestApi;
  /** With the stage and a slash at its end. */
  readonly url: string;
  /** As a browser knows it: without the stage. */
  readonly origin: string;

  constructor(scope: Construct, id: string, props: EndpointProps) {
    super(scope, id);
    const { access, limits, tracing, vending } = props;
    this.api = new RestApi(this, 'Api', {
      // The names of APIs need not differ in an account.
      restApiName: Stack.of(this).stackName,
      description: 'Vends disposable Momento tokens to browsers',
      deployOptions: {
        stageName: STAGE,
        ...(tracing ? { tracingEnabled: true } : {}),
        ...(limits.requests_per_second === undefined ? {} : { throttlingRateLimit: limits.requests_per_second }),
        ...(limits.request_burst === undefined ? {} : { throttlingBurstLimit: limits.request_burst }),
      },
      // The role for API Gateway's own logs is one per account and region, and not this stack's to set.
      cloudWatchRole: false,
    });
    // `RestApi` adds an output whose name nobody can guess; the stack has one called `Endpoint`.
    this.api.node.tryRemoveChild('Endpoint');
    this.url = this.api.url;
    acknowledge(this.api, {
      APIG2: 'a GET without a body: all of it that counts, two headers and ?name=, the vending function checks itself',
    });
    acknowledge(this.api.deploymentStage, {
      APIG1: 'needs a role of the whole account, which is not this stack’s to set; the functions log every request',
      APIG3: 'a web ACL costs by the month, and what it should stop depends on the app; [limits] bounds what it costs',
      APIG6: 'needs that role too, and such logs hold what callers send',
    });
    const { region, urlSuffix } = Stack.of(this);
    this.origin = `https://${this.api.restApiId}.execute-api.${region}.${urlSuffix}`;

    const get = this.api.root.addMethod('GET', this.calling(vending), {
      authorizationType: access.authorizationType,
      ...(access.authorizer === undefined ? {} : { authorizer: access.authorizer }),
      ...(access.scopes === undefined ? {} : { authorizationScopes: [...access.scopes] }),
    });
    acknowledge(get, access.acknowledged);
    this.answerPreflight([...access.credentialHeaders, ...NARROWING_HEADERS, ...USUAL_HEADERS]);
    for (const answer of gatewayAnswers(access)) {
      this.api.addGatewayResponse(answer.type.responseType, answer);
    }
    // Its stage then moves to a deployment that nothing is missing for.
    this.api.latestDeployment?.node.addDependency(vending, ...(access.needs ?? []));
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

  /** Not `addCorsPreflight`, which cannot say `Cache-Control: no-store`. */
  private answerPreflight(allowedHeaders: readonly string[]): void {
    const headers = {
      ...HEADERS_OF_EVERY_ANSWER,
      'Access-Control-Allow-Headers': [...new Set(allowedHeaders.map((name) => name.toLowerCase()))].join(','),
      'Access-Control-Allow-Methods': 'GET,OPTIONS',
      'Access-Control-Max-Age': PREFLIGHT_SECONDS,
    };
    const integration = new MockIntegration({
      requestTemplates: { 'application/json': '{"statusCode": 204}' },
      integrationResponses: [{ statusCode: '204', responseParameters: inMethodResponse(quotedValues(headers)) }],
    });
    this.api.root.addMethod('OPTIONS', integration, {
      // A browser sends no credentials with a preflight.
      authorizationType: AuthorizationType.NONE,
      methodResponses: [{ statusCode: '204', responseParameters: inMethodResponse(mapValues(headers, () => true)) }],
    });
  }
}

function inMethodResponse<T>(headers: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [`method.response.header.${name}`, value]));
}

function mapValues<T, U>(from: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(from).map(([name, value]) => [name, change(value)]));
}
