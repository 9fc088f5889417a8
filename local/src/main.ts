/**
 * The command line behind the Makefile: `up`, `down`, `token`, `embedded`, `functions`, `synth`, `build`, `deploy`, `diff`, `destroy`, `smoke`, `doctor`.
 *
 * Ends with 0 when it is done, 1 with a message when something is in the way, 2 when it was not called right.
 */
import { join } from 'node:path';
import { accountTrouble } from './aws/account.ts';
import { deployToAws, smoke } from './aws/deploy.ts';
import { destroy } from './aws/destroy.ts';
import { diff } from './aws/diff.ts';
import { doctor } from './aws/doctor.ts';
import { cloudOptionsFrom } from './aws/options.ts';
import { prepareAhead } from './aws/prepared.ts';
import { Cloud } from './aws/stack.ts';
import { buildFunctions } from './build.ts';
import { CHAT_PAGE, stopChat } from './chat.ts';
import { LOCAL_ARCHITECTURE } from './deploy.ts';
import { dist } from './dist/dist.ts';
import { embedded } from './embedded.ts';
import { Failure, fullDisk } from './failure.ts';
import { withLock } from './lock.ts';
import { architectureFrom, embeddedOptionsFrom, optionsFrom, ROOT } from './options.ts';
import { forgetOutputs } from './outputs.ts';
import { Progress } from './progress.ts';
import { stopBackEnds } from './stack.ts';
import { synth } from './synth.ts';
import { localToken } from './token.ts';
import { up } from './up.ts';

// Its yearly notice about Node versions is not about anything that the person at the terminal did.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

const COMMANDS: Readonly<Record<string, () => Promise<void>>> = {
  up: () => up(optionsFrom(process.env), new Progress(process.stdout)),
  down,
  token: () => localToken(optionsFrom(process.env), new Progress(process.stdout)),
  embedded: () => embedded(embeddedOptionsFrom(process.env), new Progress(process.stdout)),
  functions,
  dist: distribute,
  // The template is the only thing on its standard output.
  synth: () => synth(optionsFrom(process.env), new Progress(process.stderr)),
  build: () => prepareAhead(cloudOptionsFrom(process.env), new Progress(process.stdout)),
  deploy: () => deployToAws(cloudOptionsFrom(process.env), new Progress(process.stdout)),
  // What would change is the only thing on its standard output.
  diff: () => diff(cloudOptionsFrom(process.env), new Progress(process.stderr)),
  destroy: () => destroy(cloudOptionsFrom(process.env), new Progress(process.stdout)),
  smoke: smokeDeployed,
  doctor: async () => {
    await doctor(cloudOptionsFrom(process.env), new Progress(process.stdout));
  },
};

/** Builds what is deployed, for who wants to look at it or measure it. */
async function functions(): Promise<void> {
  const { dir } = optionsFrom(process.env);
  await new Progress(process.stdout).step('Build the functions', (watch) =>
    buildFunctions(dir, LOCAL_ARCHITECTURE, watch),
  );
}

async function distribute(): Promise<void> {
  const to = join(ROOT, 'dist');
  const dir = join(ROOT, '.local/dist');
  const architecture = architectureFrom(process.env['ARCHITECTURE']) ?? LOCAL_ARCHITECTURE;
  await dist({ to, dir, architecture }, new Progress(process.stdout));
}

async function smokeDeployed(): Promise<void> {
  const { stackName } = cloudOptionsFrom(process.env);
  const { outputs } = await new Cloud(stackName).existing();
  await smoke(outputs, new Progress(process.stdout));
}

async function down(): Promise<void> {
  const { dir } = optionsFrom({});
  const ended = await withLock(dir, 'make local-stop', async () => {
    const names = await stopBackEnds(dir);
    if (await stopChat(dir)) names.push(CHAT_PAGE);
    forgetOutputs(dir);
    return names;
  });
  console.log(ended.length === 0 ? 'Nothing was running.' : `Ended: ${ended.join(', ')}.`);
}

async function main(name: string | undefined): Promise<number> {
  const command = COMMANDS[name ?? ''];
  if (command === undefined) {
    console.error(`usage: main.ts ${Object.keys(COMMANDS).join(' | ')}`);
    return 2;
  }
  try {
    await command();
    return 0;
  } catch (error) {
    console.error(explained(error));
    return 1;
  }
}

/** A failure in its own words; a fault of this program with its stack. */
function explained(error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const failure = code === 'ENOSPC' || code === 'EDQUOT' ? fullDisk(ROOT) : (accountTrouble(error) ?? error);
  return failure instanceof Failure ? `\n${failure.message}` : failure;
}

process.exitCode = await main(process.argv[2]);
