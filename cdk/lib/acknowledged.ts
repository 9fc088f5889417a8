/**
 * What AWS's own review of a template finds (cdk-nag, its pack AwsSolutions) and is meant to be so, each with its reason.
 *
 * It is said beside what it is about, never for a whole stack, so that a finding about something new is noticed.
 */

import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Acknowledges findings about `construct` and what is in it. @param findings reasons by rule, such as `APIG1`. */
export function acknowledge(construct: IConstruct, findings: Readonly<Record<string, string>>): void {
  for (const [rule, reason] of Object.entries(findings)) {
    Validations.of(construct).acknowledge({ id: `AwsSolutions-${rule}`, reason });
  }
}
