/** `make destroy`: deletes the stack, and says beforehand what of it stays. */

import type { Progress } from '../progress.ts';
import { approve } from './approval.ts';
import { destroyAssembly, synthesize } from './cdk.ts';
import type { CloudOptions } from './options.ts';
import { configured } from './prepared.ts';
import { Cloud, type Resource, type Template } from './stack.ts';

export async function destroy(options: CloudOptions, progress: Progress): Promise<void> {
  const cloud = new Cloud(options.stackName);
  const { outputs } = await cloud.existing();
  const staying = remains(await cloud.template(), await cloud.resources());
  const gone = held(outputs).filter((name) => !staying.some(({ physicalId }) => outputs[name] === physicalId));
  for (const line of told(options.stackName, staying, gone)) progress.say(line);
  await approve(options.approval, `This deletes ${options.stackName}; its endpoint answers nobody from then on.`);

  const { tvm, config } = await configured(options);
  // CDK wants the app for the stack's name alone: nothing of it need be built.
  const assembly = await synthesize(options, config, tvm, ['bundle=false']);
  await progress.step(`Delete ${options.stackName}`, (watch) => destroyAssembly(assembly, watch));
}

/** The resources that a deleted stack leaves behind: in `stage = "prod"` secrets, users and logs. */
export function remains({ Resources = {} }: Template, resources: readonly Resource[]): Resource[] {
  return resources.filter(({ logicalId }) => Resources[logicalId]?.DeletionPolicy?.startsWith('Retain') === true);
}

/** Outputs that name what cannot be had again. */
function held(outputs: Readonly<Record<string, string>>): string[] {
  return ['ApiKeySecretArn', 'CredentialsSecretArn', 'UserPoolId'].filter((name) => outputs[name] !== undefined);
}

function told(stackName: string, staying: readonly Resource[], gone: readonly string[]): string[] {
  if (staying.length === 0) {
    return [
      `Nothing of ${stackName} stays: its secrets, its users and its logs go with it (stage = "prod" in [deployment] keeps them).`,
    ];
  }
  return [
    `Of ${stackName} stay, for you to delete or to import into another stack:`,
    ...staying.map(({ type, physicalId }) => `  ${type.padEnd(28)} ${physicalId}`),
    ...(gone.length === 0 ? [] : [`What ${gone.join(', ')} names goes with it, if this stack made it.`]),
  ];
}
