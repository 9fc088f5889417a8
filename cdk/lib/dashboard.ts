/** The dashboard: how many tokens, how many refused and why, how fast, and whether the functions are well. */

import { Dashboard, GraphWidget, type IMetric, type IWidget, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

import type { Watched } from './alarms.ts';
import { type MachineMetrics, ORIGINS } from './metrics.ts';

const PERCENTILES = ['p50', 'p90', 'p99'];

/** Without metrics of the machine's own, those that AWS has by itself. */
export function makeDashboard(scope: Construct, { endpoint, vending, authorizer, metrics }: Watched): Dashboard {
  const stage = endpoint.api.deploymentStage;
  const functions = [vending, ...(authorizer === undefined ? [] : [authorizer])];
  const rows: IWidget[][] = [
    [
      graph('Requests', [stage.metricCount({ statistic: 'Sum', label: 'requests' })]),
      graph('Failed requests', [
        stage.metricClientError({ statistic: 'Sum', label: '4xx' }),
        stage.metricServerError({ statistic: 'Sum', label: '5xx' }),
      ]),
      graph(
        'Latency (ms)',
        PERCENTILES.map((statistic) => stage.metricLatency({ statistic, label: statistic })),
      ),
    ],
    ...(metrics === undefined ? [[wanting()]] : ofMetrics(metrics, authorizer)),
    [
      graph(
        'Function duration (ms)',
        functions.map((fn) => fn.metricDuration({ statistic: 'p99' })),
      ),
      graph('Function errors and throttles', [
        vending.metricErrors(),
        // API Gateway answers 401 where an authorizer fails with "Unauthorized".
        ...(authorizer === undefined ? [] : [authorizer.metricErrors({ label: 'authorizer: 401s and errors' })]),
        ...functions.map((fn) => fn.metricThrottles()),
      ]),
      graph(
        'Functions at once',
        functions.map((fn) => fn.metric('ConcurrentExecutions', { statistic: 'Maximum' })),
      ),
    ],
  ];
  return new Dashboard(scope, 'Dashboard', { widgets: rows });
}

function ofMetrics(metrics: MachineMetrics, authorizer: Watched['authorizer']): IWidget[][] {
  return [
    [
      graph(
        'Tokens, by where they are from',
        ORIGINS.map((origin) => metrics.vended(origin)),
      ),
      graph('Refusals, by code', [metrics.refusedByCode()]),
      graph('Share refused for the limit of Momento', [metrics.limited()]),
    ],
    [
      graph(
        'Latency of Momento (ms)',
        PERCENTILES.map((statistic) => metrics.momentoLatency(statistic).with({ label: statistic })),
      ),
      graph('Trouble with the API key or the authorizer', [
        metrics.keyTrouble(),
        ...(authorizer === undefined ? [] : [metrics.authorizerTrouble(authorizer)]),
      ]),
      graph('Age of the API key (days)', [metrics.keyAge()]),
    ],
  ];
}

function wanting(): IWidget {
  return new TextWidget({
    markdown: 'Tokens and refusals are counted where `metrics = true` in `[monitoring]`.',
    width: 24,
    height: 2,
  });
}

function graph(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, leftYAxis: { min: 0, showUnits: false }, width: 8 });
}
