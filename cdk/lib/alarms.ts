/**
 * The alarms: what is watched, from when on it is trouble, and where the runbook says what to do.
 *
 * Each is about one metric as it is: none is a formula, so that every emulator of CloudWatch takes them too.
 */

import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  type AlarmProps,
  ComparisonOperator,
  type IMetric,
  type Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

import type { TvmConfig } from './canonical-config.ts';
import type { Endpoint } from './endpoint.ts';
import type { MachineMetrics } from './metrics.ts';

/** The parts of a machine that are watched. */
export interface Watched {
  readonly endpoint: Endpoint;
  readonly vending: IFunction;
  /** In mode `LambdaAuthorizer`. */
  readonly authorizer?: IFunction;
  /** Where `[momento]` says `rotate_every`. */
  readonly rotation?: IFunction;
  /** Where `metrics = true` in `[monitoring]`. */
  readonly metrics?: MachineMetrics;
}

/** An alarm, before it is one. */
interface Rule {
  /** The heading of docs/runbook.md, as its anchor. */
  readonly runbook: string;
  /** One sentence: what has happened. */
  readonly says: string;
  readonly metric: IMetric;
  /** As much is trouble. */
  readonly atLeast: number;
  /** How many of the last periods it takes. */
  readonly periods: { readonly of: number; readonly bad: number };
  /** What no data means. */
  readonly missing: TreatMissingData;
  /** Of a percentile: whether too few requests are judged all the same. */
  readonly few?: 'evaluate' | 'ignore';
}

/** Long enough that one slow or failed request among few is not an alarm by itself. */
const PERIOD = Duration.minutes(5);
const MOST_OF_A_QUARTER_HOUR = { of: 3, bad: 2 };
const AT_ONCE = { of: 1, bad: 1 };
const DAY_SECONDS = 86_400;

/** Makes every alarm that there is something to watch for, and has `topic` told when it sounds and when it is over. */
export function makeAlarms(scope: Construct, topic: ITopic, config: TvmConfig['monitoring'], watched: Watched): void {
  const action = new SnsAction(topic);
  for (const [id, rule] of Object.entries(rules(config, watched))) {
    const alarm = new Alarm(scope, id, alarmProps(rule));
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
  }
}

function rules(config: TvmConfig['monitoring'], watched: Watched): Readonly<Record<string, Rule>> {
  const { endpoint, vending, authorizer, rotation, metrics } = watched;
  const stage = endpoint.api.deploymentStage;
  // No request, no trouble.
  const quiet = { periods: MOST_OF_A_QUARTER_HOUR, missing: TreatMissingData.NOT_BREACHING };
  return {
    Failing: {
      ...quiet,
      runbook: 'requests-fail',
      says: `At least ${config.alarm_errors_percent} % of the requests fail with a 5xx status.`,
      metric: stage.metricServerError({ statistic: 'Average', period: PERIOD }),
      atLeast: config.alarm_errors_percent / 100,
    },
    Slow: {
      ...quiet,
      runbook: 'requests-are-slow',
      says: `The slowest one in a hundred requests takes ${config.alarm_latency_ms} ms or longer.`,
      metric: stage.metricLatency({ statistic: 'p99', period: PERIOD }),
      atLeast: config.alarm_latency_ms,
      // Of fewer than 1000 requests, CloudWatch takes a p99 for no statement (its user guide, "Percentile-based alarms and low
      // data samples"): one slow request would be the slowest hundredth.
      few: 'ignore',
    },
    // So that an endpoint with few requests has an alarm about its speed as well.
    MostlySlow: {
      ...quiet,
      runbook: 'requests-are-slow',
      says: `Every second request takes ${config.alarm_latency_ms} ms or longer.`,
      metric: stage.metricLatency({ statistic: 'p50', period: PERIOD }),
      atLeast: config.alarm_latency_ms,
      few: 'evaluate',
    },
    VendingErrors: {
      runbook: 'the-vending-function-has-errors',
      says: 'The vending function ended without an answer, which it never does by design.',
      metric: vending.metricErrors({ period: PERIOD }),
      atLeast: 1,
      periods: AT_ONCE,
      missing: TreatMissingData.NOT_BREACHING,
    },
    ...ofThrottles('Vending', vending),
    // Not of the authorizer's errors: API Gateway answers 401 where an authorizer fails with "Unauthorized", so a stranger makes
    // an error of each request. Where it crashes or runs out of time, callers get a 5xx, which Failing counts.
    ...(authorizer === undefined ? {} : ofThrottles('Authorizer', authorizer)),
    ...(rotation === undefined ? {} : ofRotation(rotation)),
    ...(metrics === undefined ? {} : ofMetrics(config, metrics)),
    ...(metrics === undefined || authorizer === undefined ? {} : ofAuthorizer(metrics.authorizerTrouble(authorizer))),
  };
}

function ofThrottles(name: 'Vending' | 'Authorizer', fn: IFunction): Readonly<Record<string, Rule>> {
  return {
    [`${name}Throttles`]: {
      runbook: 'a-function-is-throttled',
      says: `The ${name.toLowerCase()} function was asked for more at once than Lambda lets it do.`,
      metric: fn.metricThrottles({ period: PERIOD }),
      atLeast: 1,
      periods: MOST_OF_A_QUARTER_HOUR,
      missing: TreatMissingData.NOT_BREACHING,
    },
  };
}

function ofRotation(fn: IFunction): Readonly<Record<string, Rule>> {
  return {
    RotationErrors: {
      runbook: 'the-api-key-is-not-renewed',
      says: 'A step of the rotation of the API key failed; the old key serves until it ends.',
      metric: fn.metricErrors({ period: PERIOD }),
      atLeast: 1,
      periods: AT_ONCE,
      missing: TreatMissingData.NOT_BREACHING,
    },
  };
}

function ofAuthorizer(trouble: Metric): Readonly<Record<string, Rule>> {
  return {
    AuthorizerTrouble: {
      runbook: 'the-authorizer-cannot-check-callers',
      says: 'The authorizer cannot read its secret, cannot get the keys of its issuer, or is deployed wrongly.',
      metric: inFiveMinutes(trouble),
      atLeast: 1,
      // An issuer that fails to answer once, while a function starts, is over before anybody could look.
      periods: MOST_OF_A_QUARTER_HOUR,
      missing: TreatMissingData.NOT_BREACHING,
    },
  };
}

function ofMetrics(config: TvmConfig['monitoring'], metrics: MachineMetrics): Readonly<Record<string, Rule>> {
  const days = config.key_max_age / DAY_SECONDS;
  return {
    Limited: {
      runbook: 'tokens-are-refused-for-a-limit',
      says: `At least ${config.alarm_limited_percent} % of the requests are refused for the limit of Momento (429).`,
      metric: inFiveMinutes(metrics.limited()),
      atLeast: config.alarm_limited_percent / 100,
      periods: MOST_OF_A_QUARTER_HOUR,
      missing: TreatMissingData.NOT_BREACHING,
    },
    KeyTrouble: {
      runbook: 'there-is-trouble-with-the-api-key',
      says: 'The Momento API key cannot be read, or Momento refuses it.',
      metric: inFiveMinutes(metrics.keyTrouble()),
      atLeast: 1,
      periods: AT_ONCE,
      missing: TreatMissingData.NOT_BREACHING,
    },
    KeyAge: {
      runbook: 'the-api-key-is-old',
      says: `The Momento API key has been in its secret for ${days} days or longer.`,
      metric: metrics.keyAge(),
      atLeast: days,
      periods: AT_ONCE,
      // A key does not grow younger while nobody asks.
      missing: TreatMissingData.IGNORE,
    },
  };
}

function inFiveMinutes(metric: Metric): Metric {
  return metric.with({ period: PERIOD });
}

function alarmProps({ runbook, says, metric, atLeast, periods, missing, few }: Rule): AlarmProps {
  return {
    alarmDescription: `${says} What to do: docs/runbook.md#${runbook}`,
    metric,
    threshold: atLeast,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: periods.of,
    datapointsToAlarm: periods.bad,
    treatMissingData: missing,
    ...(few === undefined ? {} : { evaluateLowSampleCountPercentile: few }),
  };
}
