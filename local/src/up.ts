/** `make local`: from nothing to a vended token that is shown to work. Safe to run again. */

import { buildTools } from './build.ts';
import { localChatSettings, serveChat } from './chat.ts';
import { effectiveConfig } from './config.ts';
import { byWorth, permissionsOf, type Trial, trialFor } from './grants.ts';
import { requireSystem } from './host-requirements.ts';
import type { LocalStackOptions } from './options.ts';
import { type DemoUser, outputsPath, writeOutputs } from './outputs.ts';
import type { Progress } from './progress.ts';
import { report, reportSignIn } from './report.ts';
import { type DeployedStack, deployStack, startBackEnds } from './stack.ts';
import { provesByToken } from './users.ts';
import { curlLine, prove, tokenRequest, vend } from './vend.ts';

export async function up(options: LocalStackOptions, progress: Progress): Promise<void> {
  requireSystem();
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
  const backEnds = await startBackEnds(options, tools, progress);
  const stack = await deployStack(backEnds, options, progress);
  const { config } = stack;
  const chat = await progress.step(
    'Build and serve the chat page',
    () => serveChat(options.dir, options.chatPort, localChatSettings(stack)),
    ({ url, fresh }) => `${url}${fresh ? '' : ', still running'}`,
  );
  const outputs = { ...stack.outputs, ChatUrl: `${chat.url}/` };
  writeOutputs(options.dir, outputs);
  const outputsFile = outputsPath(options.dir);
  if (provesByToken(config.values)) {
    reportSignIn({ outputs, outputsFile, issuer: config.values.authorizer.issuer ?? '' }, progress);
    return;
  }
  const { user, trial } = chooseCaller(stack);
  const request = await tokenRequest(outputs, config.values, user);
  const token = await progress.step('Vend a token', () => vend(request));
  const proof = trial && (await progress.step('Try it', () => prove(token.authToken, backEnds.momento.url, trial)));
  report({ outputs, outputsFile, token, username: user?.username, proof, curl: curlLine(request) }, progress);
}

/** The demo user whose token can be put to the most telling trial; nobody in Open mode. */
function chooseCaller({ config, outputs }: DeployedStack): { user?: DemoUser; trial?: Trial | undefined } {
  const cache = config.values.token.caches[0] ?? '';
  if (outputs.DemoUsers === undefined) return { trial: trialFor(config.values.permissions, { cache }) };
  const candidates = outputs.DemoUsers.map((user) => ({
    user,
    trial: trialFor(permissionsOf(config.values, user.groups), { cache, username: user.username }),
  }));
  return candidates.sort((one, other) => byWorth(one.trial, other.trial))[0] ?? {};
}
