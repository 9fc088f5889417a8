/**
 * `[api.usage_plan]`: a key that callers send as `x-api-key`, and how many requests may be made with it.
 *
 * It says which program asks, and never who: whoever a caller is, the mode decides. The key's value is made by API Gateway and
 * is in no template and no output.
 */

import { ApiKey, type IRestApi, Period, type QuotaSettings, type RestApi, UsagePlan } from 'aws-cdk-lib/aws-apigateway';
import { Construct } from 'constructs';

import type { UsagePlanTable } from './canonical-config.ts';

/** @see KeyedUsage */
export interface KeyedUsageProps {
  /** What is asked. Its method has to ask for a key. */
  readonly api: RestApi;
  /** How much. */
  readonly plan: UsagePlanTable;
}

/** The header that API Gateway reads a key from. */
export const KEY_HEADER = 'x-api-key';

/** A key and the usage plan that it is of. */
export class KeyedUsage extends Construct {
  /** Whoever may read keys of API Gateway finds the value by it. */
  readonly keyId: string;

  constructor(scope: Construct, id: string, { api, plan }: KeyedUsageProps) {
    super(scope, id);
    const quota = quotaOf(plan);
    const { requests_per_second: rateLimit, request_burst: burstLimit } = plan;
    const usage = new UsagePlan(this, 'Plan', {
      // CDK's own types do not fit together where an optional property may not be undefined.
      apiStages: [{ api: api as IRestApi, stage: api.deploymentStage }],
      ...(quota === undefined ? {} : { quota }),
      ...(rateLimit === undefined || burstLimit === undefined ? {} : { throttle: { rateLimit, burstLimit } }),
    });
    const key = new ApiKey(this, 'Key');
    usage.addApiKey(key);
    this.keyId = key.keyId;
  }
}

/** `tvm` accepts one of the three at most. */
function quotaOf(plan: UsagePlanTable): QuotaSettings | undefined {
  const quotas: readonly [Period, number | undefined][] = [
    [Period.DAY, plan.requests_per_day],
    [Period.WEEK, plan.requests_per_week],
    [Period.MONTH, plan.requests_per_month],
  ];
  const [[period, limit] = []] = quotas.filter(([, said]) => said !== undefined);
  return period === undefined || limit === undefined ? undefined : { period, limit };
}
