/**
 * The metrics that the functions write into their log lines, where `[monitoring] metrics = true`.
 *
 * Their names and dimensions are those of `lambdas/vending/src/metrics.rs` and `lambdas/authorizer/src/trouble.rs`;
 * `cdk/test/monitoring.test.ts` compares the two.
 */

import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';

import type { AuthMode } from './canonical-config.ts';

const NAMESPACE = 'TokenVendingMachine';

/** Where a vended token came from, as the dimension `origin` has it. */
export type TokenOrigin = 'minted' | 'reused' | 'shared' | 'last resort';

/** Every origin. */
export const ORIGINS: readonly TokenOrigin[] = ['minted', 'reused', 'shared', 'last resort'];

/** Of one function in one mode. */
export class MachineMetrics {
  private readonly vending: IFunction;
  private readonly mode: AuthMode;

  constructor(vending: IFunction, mode: AuthMode) {
    this.vending = vending;
    this.mode = mode;
  }

  /** The share of requests that are refused for Momento's limit. */
  limited(): Metric {
    return this.metric('Limited', 'Average');
  }

  /** Whether a request failed for want of a key that Momento takes. */
  keyTrouble(): Metric {
    return this.metric('KeyTrouble', 'Maximum');
  }

  /** How many requests this authorizer could not decide, for trouble of ours. A request that it refuses is none. */
  authorizerTrouble(authorizer: IFunction): Metric {
    return this.metric('AuthorizerTrouble', 'Sum', { dimensions: { function: authorizer.functionName } });
  }

  /** Days since the key was put into its secret. */
  keyAge(): Metric {
    return this.metric('KeyAge', 'Maximum', { period: Duration.hours(1) });
  }

  /** How long Momento took to mint a token. */
  momentoLatency(statistic: string): Metric {
    return this.metric('MomentoLatency', statistic);
  }

  vended(origin: TokenOrigin): Metric {
    return this.metric('Vended', 'Sum', { dimensions: { origin }, label: origin });
  }

  /** A line for each reason that there was. Not for alarms: it is a search. */
  refusedByCode(): MathExpression {
    const schema = `{${NAMESPACE},function,mode,code}`;
    const which = `MetricName="Refused" function="${this.vending.functionName}" mode="${this.mode}"`;
    return new MathExpression({
      expression: `SEARCH('${schema} ${which}', 'Sum', 300)`,
      label: '',
      usingMetrics: {},
    });
  }

  private metric(
    metricName: string,
    statistic: string,
    {
      dimensions = {},
      ...more
    }: { dimensions?: Readonly<Record<string, string>>; label?: string; period?: Duration } = {},
  ): Metric {
    return new Metric({
      namespace: NAMESPACE,
      metricName,
      dimensionsMap: { function: this.vending.functionName, mode: this.mode, ...dimensions },
      statistic,
      ...more,
    });
  }
}
