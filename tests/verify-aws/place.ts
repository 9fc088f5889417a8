/** What a question is asked with: the run's deployments, and stacks of the question's own. */

import type { Plan } from './plan.ts';
import type { Deployments } from './up.ts';

export interface Place {
  readonly plan: Plan;
  readonly deployments: Deployments;
}

/** What came of a question. */
export interface Answer {
  /** What AWS, or Momento, did. */
  readonly said: string;
  /** Whether that is what this project relies on. */
  readonly asRelied: boolean;
}

/** Something that only a real account or the real Momento can tell. */
export interface Question {
  /** Of its test, and of its row in docs/verify-aws.md. */
  readonly name: string;
  /** What this project relies on. */
  readonly relied: string;
  /** What there is instead of an answer, where the run is not in an account. */
  readonly emulator: string;
  /** The stacks of the modes that it asks. */
  readonly modes?: readonly Plan['modes'][number][];
  ask(place: Place): Promise<Answer>;
}
