/** `make diff`: what `make deploy` would change, and nothing else. */
import type { Progress } from '../progress.ts';
import { changesOf } from './cdk.ts';
import type { CloudOptions } from './options.ts';
import { prepare } from './prepared.ts';
import { Cloud } from './stack.ts';

/** Writes what would change to the standard output and says everything else to `progress`. */
export async function diff(options: CloudOptions, progress: Progress): Promise<void> {
  // Before the build, which takes minutes: an account that does not answer has nothing to compare with.
  await new Cloud(options.stackName).deployed();
  const { assembly } = await prepare(options, progress);
  const { shown } = await progress.step('Compare with what is deployed', () => changesOf(assembly));
  if (shown === '') progress.say(`Nothing would change: ${options.stackName} is as ${options.config} says.`);
  else process.stdout.write(`${shown}\n`);
}
