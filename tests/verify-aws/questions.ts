/**
 * The open questions, each with what this project relies on. docs/verify-aws.md has them as a table, which a test keeps in step.
 *
 * No emulator can answer them: there each is skipped and says so.
 */

import type { Question } from './place.ts';
import { endpointQuestions } from './questions-endpoint.ts';
import { momentoQuestions } from './questions-momento.ts';
import { rotationQuestions } from './questions-rotation.ts';
import { stackQuestions } from './questions-stack.ts';

export const QUESTIONS: readonly Question[] = [
  ...rotationQuestions,
  ...stackQuestions,
  ...endpointQuestions,
  ...momentoQuestions,
];

/** Why a question is not asked of an emulator. */
export function onlyAwsCanTell({ emulator }: Question): string {
  return `the emulator ${emulator}; only AWS can tell`;
}
