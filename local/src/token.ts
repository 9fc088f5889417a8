/** `make local-token`: a token of the stack that `make local` deployed, and the curl line that asks for another. */
import { buildTools } from './build.ts';
import { effectiveConfig } from './config.ts';
import { Failure } from './failure.ts';
import type { LocalOptions } from './options.ts';
import { readOutputs } from './outputs.ts';
import type { Progress } from './progress.ts';
import { chooseCaller } from './up.ts';
import { provesByToken } from './users.ts';
import { curlLine, tokenRequest, type VendedToken, vend } from './vend.ts';

/** Prints both. The only place that prints a token, and it is one of the local Momento. */
export async function localToken({ dir }: Pick<LocalOptions, 'dir'>, progress: Progress): Promise<void> {
  const outputs = readOutputs(dir);
  if (outputs === undefined) throw new Failure('Nothing is deployed on this computer; "make local" does that.');
  const { tvm } = await buildTools(dir);
  // As it was deployed, whatever the file says of the mode.
  const config = await effectiveConfig({ dir, config: outputs.ConfigFile, auth: undefined }, tvm);
  if (provesByToken(config.values)) {
    throw new Failure(
      `The callers' tokens come from ${config.values.authorizer.issuer}. Sign in there, then:\n` +
        `  curl -sS -H 'Authorization: Bearer TOKEN' ${outputs.Endpoint}`,
    );
  }
  const { user } = chooseCaller({ config, outputs });
  const request = await tokenRequest(outputs, config.values, user);
  const token = await vend(request).catch((error: Error) => {
    throw error instanceof Failure ? error : notThere(outputs.Endpoint, error);
  });
  sayToken(token, user?.username, progress);
  progress.say();
  progress.say(progress.strong('Another token'));
  progress.say(`  ${curlLine(request)}`);
}

function sayToken({ authToken, expiresAt }: VendedToken, username: string | undefined, progress: Progress): void {
  const minutes = Math.round((expiresAt * 1000 - Date.now()) / 60_000);
  progress.say(`${progress.strong(username === undefined ? 'Token' : `Token of ${username}`)}`);
  progress.say(`  ${authToken}`);
  progress.say(`  expires at ${new Date(expiresAt * 1000).toISOString()} (in ${minutes} min)`);
}

function notThere(endpoint: string, { cause, message }: Error): Failure {
  const why = cause instanceof Error ? cause.message : message;
  return new Failure(`${endpoint} does not answer (${why}). "make local" starts what serves it.`);
}
