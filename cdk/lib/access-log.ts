/**
 * `[api] access_logs`: a line for each request that API Gateway answers, in a log group of its own.
 *
 * It holds no header, no query and nothing of who the caller is but the address that the request came from. The role by which
 * API Gateway writes it belongs to the whole account and region; this stack never sets it (docs/endpoint.md says how to).
 */

import { AccessLogFormat, LogGroupLogDestination, type StageOptions } from 'aws-cdk-lib/aws-apigateway';
import { Construct } from 'constructs';

import { type LogSettings, logGroup } from './log-group.ts';

/**
 * What a line says, by API Gateway's names ("Variables for access logging" in its developer guide). Each is a text: what a
 * request has nothing of is `-`. None is a text that a client wrote, which could hold a credential, or pass for another line.
 */
const FIELDS = {
  requestId: '$context.requestId',
  /** Epoch milliseconds. */
  time: '$context.requestTimeEpoch',
  sourceIp: '$context.identity.sourceIp',
  method: '$context.httpMethod',
  /** Of the API, such as `/`: not the path that was asked for. */
  route: '$context.resourcePath',
  status: '$context.status',
  /** Which gateway response it was, where API Gateway gave the answer by itself: `THROTTLED`, `UNAUTHORIZED`, … */
  errorType: '$context.error.responseType',
  responseBytes: '$context.responseLength',
  latencyMs: '$context.responseLatency',
  functionMs: '$context.integrationLatency',
  /** As the function's log calls the request. */
  functionRequestId: '$context.integration.requestId',
  authorizerStatus: '$context.authorizer.status',
  authorizerMs: '$context.authorizer.latency',
  /** `WAF_ALLOW` or `WAF_BLOCK`. */
  waf: '$context.wafResponseCode',
} as const;

/** The log group, and how a stage is told of it. */
export class AccessLog extends Construct {
  /** For the stage that is logged. */
  readonly stageOptions: Pick<StageOptions, 'accessLogDestination' | 'accessLogFormat'>;

  constructor(scope: Construct, id: string, logs: LogSettings) {
    super(scope, id);
    this.stageOptions = {
      accessLogDestination: new LogGroupLogDestination(logGroup(this, 'Logs', logs)),
      accessLogFormat: AccessLogFormat.custom(JSON.stringify(FIELDS)),
    };
  }
}
