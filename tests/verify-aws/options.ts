/**
 * What `make verify-aws` is told, by flags and by the environment. Whatever is missing is said before anything is built.
 *
 * The API key is in a file: on a command line or in a variable, others could read it.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Approval, AUTH_MODES, type AuthMode, Failure, ROOT } from 'local';

/** Where it deploys: to the account of the environment's credentials, or to an emulator on this computer. */
export type Where = 'account' | 'emulator';

/** Momento, as it is given. */
export interface GivenMomento {
  /** A file with nothing but an API key. */
  readonly apiKeyFile: string;
  /** URL that the functions use instead of the one in the key. */
  readonly tokenEndpoint?: string;
  /** The same for the cache and control services, which the tests use, too. */
  readonly cacheEndpoint?: string;
}

export interface VerifyOptions {
  readonly where: Where;
  readonly modes: readonly AuthMode[];
  readonly approval: Approval;
  /** @default - the local Momento, which only an emulator can reach */
  readonly momento?: GivenMomento;
  /** An emulator that runs already. @default - one is started, for `where = "emulator"` alone */
  readonly emulatorUrl?: string;
  /** A `tvm` that is built already. @default - it is built */
  readonly tvm?: string;
  /** An earlier run, of which everything is deleted, instead of a new run. */
  readonly remove?: string;
}

const USAGE = `make verify-aws [VERIFY='FLAGS'] [YES=1]
  --target account|emulator   where to deploy; account unless said otherwise
  --modes Open,AmazonCognito  some of the modes; all three unless said otherwise
  --remove RUN                delete what the run of that name left behind, and do nothing else`;

/** A run's name: it ends the name of everything that the run makes. */
const RUN = /^[0-9a-f]{8}$/;

const LOOPBACK = /^http:\/\/(127\.0\.0\.1|localhost):\d+$/;

export function optionsFrom(args: readonly string[], env: NodeJS.ProcessEnv): VerifyOptions {
  const { target = 'account', modes, remove } = flags(args);
  if (target !== 'account' && target !== 'emulator') throw new Failure(`--target ${target} is neither.\n${USAGE}`);
  if (remove !== undefined && !RUN.test(remove)) {
    throw new Failure(`--remove ${remove} names no run: eight hexadecimal digits, as the run printed them.`);
  }
  const emulatorUrl = env['AWS_ENDPOINT_URL'] || undefined;
  const momento = momentoFrom(env);
  if (target === 'account') inAccount(emulatorUrl, momento);
  else if (emulatorUrl !== undefined) atEmulator(emulatorUrl, momento);
  return {
    where: target,
    modes: modesFrom(modes),
    approval: env['YES'] ? 'given' : 'asked',
    ...(momento && { momento }),
    ...(emulatorUrl && { emulatorUrl }),
    ...(env['TVM_BIN'] && { tvm: resolve(ROOT, env['TVM_BIN']) }),
    ...(remove && { remove }),
  };
}

function flags(args: readonly string[]): { target?: string; modes?: string; remove?: string } {
  try {
    const text = { type: 'string' } as const;
    return parseArgs({ args: [...args], options: { target: text, modes: text, remove: text } }).values;
  } catch (error) {
    throw new Failure(`${(error as Error).message}\n${USAGE}`);
  }
}

function modesFrom(said: string | undefined): readonly AuthMode[] {
  if (said === undefined) return AUTH_MODES;
  return said.split(',').map((name) => {
    const mode = AUTH_MODES.find((known) => known === name);
    if (mode === undefined) throw new Failure(`--modes ${said}: ${name} is not one of ${AUTH_MODES.join(', ')}.`);
    return mode;
  });
}

function momentoFrom(env: NodeJS.ProcessEnv): GivenMomento | undefined {
  const file = env['MOMENTO_API_KEY_FILE'];
  if (!file) return undefined;
  const apiKeyFile = resolve(ROOT, file);
  if (!isV1(keyIn(apiKeyFile))) {
    throw new Failure(
      `MOMENTO_API_KEY_FILE: ${apiKeyFile} holds no v1 API key, which is base64 of {"endpoint": …, "api_key": …} (a v2 key does ` +
        'not say where its Momento is). Put one there, and nothing else.',
    );
  }
  const { MOMENTO_TOKEN_ENDPOINT: tokenEndpoint, MOMENTO_CACHE_ENDPOINT: cacheEndpoint } = env;
  return { apiKeyFile, ...(tokenEndpoint && { tokenEndpoint }), ...(cacheEndpoint && { cacheEndpoint }) };
}

function isV1(key: string): boolean {
  try {
    const { endpoint, api_key } = JSON.parse(Buffer.from(key, 'base64').toString()) as Record<string, unknown>;
    return typeof endpoint === 'string' && typeof api_key === 'string';
  } catch {
    return false;
  }
}

/** The API key in that file. */
export function keyIn(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new Failure(`MOMENTO_API_KEY_FILE: ${file} cannot be read (${(error as Error).message}).`);
  }
}

function inAccount(emulatorUrl: string | undefined, momento: GivenMomento | undefined): void {
  if (emulatorUrl !== undefined) {
    throw new Failure(
      `AWS_ENDPOINT_URL is ${emulatorUrl}, so this would not reach an account. Unset it, or say VERIFY='--target emulator'.`,
    );
  }
  if (momento === undefined) {
    throw new Failure(
      'A Momento API key is needed, since AWS cannot reach the local Momento: a v1 key that may mint tokens and make caches ' +
        '(in the console: Super User), alone in a file that only you can read. Then MOMENTO_API_KEY_FILE=FILE make verify-aws. ' +
        "Without an account: make verify-aws VERIFY='--target emulator'. Nothing was built.",
    );
  }
}

function atEmulator(emulatorUrl: string, momento: GivenMomento | undefined): void {
  if (!LOOPBACK.test(emulatorUrl)) {
    throw new Failure(`AWS_ENDPOINT_URL is ${emulatorUrl}, which is no emulator on this computer; unset it.`);
  }
  if (momento?.tokenEndpoint === undefined || momento.cacheEndpoint === undefined) {
    throw new Failure(
      'With an emulator that runs already (AWS_ENDPOINT_URL), its local Momento is needed too: MOMENTO_API_KEY_FILE, ' +
        'MOMENTO_TOKEN_ENDPOINT and MOMENTO_CACHE_ENDPOINT.',
    );
  }
}
