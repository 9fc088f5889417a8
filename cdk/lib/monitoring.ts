/**
 * `[monitoring]`: alarms, the topic that they are sent to, and a dashboard. Each only where the configuration wants it, since
 * CloudWatch charges for them.
 *
 * What is watched, `alarms.ts` says; what to do, docs/runbook.md.
 */

import { Aws, CfnMapping, Stack } from 'aws-cdk-lib';
import type { AlarmBase } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

import { alarmTopic } from './alarm-topic.ts';
import { makeAlarms, type Watched } from './alarms.ts';
import type { TvmConfig } from './canonical-config.ts';
import { makeDashboard } from './dashboard.ts';
import { InvalidProps } from './invalid-props.ts';
import { MachineMetrics } from './metrics.ts';

/** @see Monitoring */
export interface MonitoringProps extends Omit<Watched, 'metrics'> {
  /** The validated configuration. */
  readonly config: Pick<TvmConfig, 'auth' | 'monitoring'>;
  /**
   * Where alarms are sent.
   * @default - the topic that the configuration names, or a new one
   */
  readonly alarmTopic?: ITopic;
}

/** What tells operators how a machine is doing. */
export class Monitoring extends Construct {
  /** Where alarms are sent, if there are any. */
  readonly topic: ITopic | undefined;
  /** What the vending function measures, for further alarms; where the configuration says `metrics = true`. */
  readonly metrics: MachineMetrics | undefined;
  private readonly dashboardName: string | undefined;

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const { config, alarmTopic: given, ...parts } = props;
    const { alarms, dashboard, metrics } = config.monitoring;
    this.metrics = metrics ? new MachineMetrics(parts.vending, config.auth) : undefined;
    const watched = { ...parts, ...(this.metrics === undefined ? {} : { metrics: this.metrics }) };
    if (alarms) {
      this.topic = given ?? alarmTopic(this, config.monitoring);
      makeAlarms(this, this.topic, config.monitoring, watched);
    }
    if (dashboard) this.dashboardName = makeDashboard(this, watched).dashboardName;
  }

  /** The dashboard's address in the console, if there is one. */
  get dashboardUrl(): string | undefined {
    if (this.dashboardName === undefined) return undefined;
    const { region } = Stack.of(this);
    return `https://${this.consoleDomain()}/cloudwatch/home?region=${region}#dashboards/dashboard/${this.dashboardName}`;
  }

  /**
   * Has a further alarm of the app told where the machine's own are: when it sounds and when it is over.
   *
   * @throws InvalidProps where the configuration has no alarms, and so no topic
   */
  addAlarm(alarm: AlarmBase): void {
    if (this.topic === undefined) {
      throw new InvalidProps(
        `the alarm ${alarm.node.id} has nowhere to be sent: write alarms = true in [monitoring], or give it an action of its own`,
      );
    }
    const action = new SnsAction(this.topic);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
  }

  /** The console's, by the partition that the stack is in, which is known when it is deployed. */
  private consoleDomain(): string {
    const mapping = Object.fromEntries(Object.entries(CONSOLES).map(([partition, domain]) => [partition, { domain }]));
    const made = this.node.tryFindChild('Console') as CfnMapping | undefined;
    return (made ?? new CfnMapping(this, 'Console', { mapping })).findInMap(Aws.PARTITION, 'domain');
  }
}

/** "AWS Management Console" in the user guide of each partition; a test compares them with what CDK knows of signing in there. */
export const CONSOLES: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
  'aws-cn': 'console.amazonaws.cn',
};
