/** `make local`: from nothing to a vended token that is shown to work. Safe to run again. */

import { buildTools } from './build.ts';
import { localChatSettings, serveChat } from './chat.ts';
import { claimPorts, makeLine } from './claims.ts';
import { effectiveConfig } from './config.ts';
import { byWorth, permissionsOf, type Trial, trialFor } from './grants.ts';
import { requireSystem } from './host-requirements.ts';
import { withLock } from './lock.ts';
import type { LocalOptions } from './options.ts';
import { type DemoUser, outputsPath, writeOutputs } from './outputs.ts';
import type { Progress } from './progress.ts';
import { report } from './report.ts';
import { type DeployedStack, deployStack, startBackEnds } from './stack.ts';
import { provesByToken } from './users.ts';
import { prove, tokenRequest, vend } from './vend.ts';

export function up(options: LocalOptions, progress: Progress): Promise<void> {
  requireSystem();
  return withLock(options.dir, 'make local', () => bringUp(options, progress));
}

async function bringUp(options: LocalOptions, progress: Progress): Promise<void> {
  const again = makeLine('local', options.said);
  const claims = await claimPorts(options.dir, options.ports, again);
  for (const note of claims.notes) progress.say(note);
  const { ports } = claims;
  const tools = await progress.step('Build the local Momento and tvm', (watch) =>
    buildTools(options.dir, undefined, watch),
  );
  // Before anything is started: a configuration that is no good is the likeliest thing to be wrong.
  const { warnings } = await progress.step(
    'Check the configuration',
    () => effectiveConfig(options, tools.tvm),
    ({ values }) => `${options.config}, ${values.auth}`,
  );
  for (const warning of warnings) progress.say(`  ${warning}`);
  await claims.release('momento', 'emulator');
  const servers = { ...options, momentoPort: ports.momento, emulatorPort: ports.emulator };
  const backEnds = await startBackEnds(servers, tools, progress);
  const stack = await deployStack(backEnds, options, progress);
  const { values } = stack.config;
  await claims.release('chat');
  const chat = await progress.step(
    'Build and serve the chat page',
    () => serveChat(options.dir, ports.chat, localChatSettings(stack)),
    ({ url, fresh }) => `${url}${fresh ? '' : ', still running'}`,
  );
  const outputs = { ...stack.outputs, ChatUrl: `${chat.url}/` };
  writeOutputs(options.dir, outputs);
  const told = { outputs, outputsFile: outputsPath(options.dir), said: { ...options.said, ...claims.variables } };
  if (provesByToken(values)) {
    report({ ...told, issuer: values.authorizer.issuer ?? '' }, progress);
    return;
  }
  const { user, trial } = chooseCaller(stack);
  const request = await tokenRequest(outputs, values, user);
  const token = await progress.step('Vend a token', () => vend(request));
  await progress.step(
    'Try it',
    async () => trial && (await prove(token.authToken, backEnds.momento.url, trial)),
    (proof) => proof ?? 'the grant has nothing that could be tried from here',
  );
  report({ ...told, user }, progress);
}

/** The demo user whose token can be put to the most telling trial; nobody in Open mode. */
export function chooseCaller({ config, outputs }: DeployedStack): { user?: DemoUser; trial?: Trial | undefined } {
  const cache = config.values.token.caches[0] ?? '';
  if (outputs.DemoUsers === undefined) return { trial: trialFor(config.values.permissions, { cache }) };
  const candidates = outputs.DemoUsers.map((user) => ({
    user,
    trial: trialFor(permissionsOf(config.values, user.groups), { cache, username: user.username }),
  }));
  return candidates.sort((one, other) => byWorth(one.trial, other.trial))[0] ?? {};
}
