/**
 * The AWS emulator (ministack), as a program to keep running.
 *
 * It passes its own environment on to the functions it runs, so it is given nothing of the user's: no credentials, no
 * proxies, no home directory. It listens on loopback only and forgets everything when it ends. A gate before it
 * (`emulator_gate.py`) keeps web pages from what only programs are to do.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Daemon, ensureRunning, type Running } from './daemon.ts';
import { type Iam, ROOT } from './options.ts';
import { LOOPBACK } from './ports.ts';

/** Where the emulator puts everything; its default. */
export const REGION = 'us-east-1';
export const ACCOUNT = '000000000000';

export const EMULATOR = 'emulator';

/** An address where nothing listens: what needed AWS would fail, not reach for an account. */
export const NO_AWS = `http://${LOOPBACK}:9`;

/** Refuses foreign names and web pages, and starts the emulator behind itself. */
const GATE = join(ROOT, 'local/emulator_gate.py');

/** Programs that `make setup` installs for this directory alone. */
export const VENV_BIN = join(ROOT, '.local/venv/bin');

/** The emulator of `dir`, running and healthy. */
export function ensureEmulator(dir: string, port: number, iam: Iam): Promise<Running> {
  return ensureRunning(emulatorIn(dir, port, iam));
}

function emulatorIn(dir: string, port: number, iam: Iam): Daemon {
  return {
    name: EMULATOR,
    title: 'the AWS emulator',
    dir,
    port,
    portVariable: 'TVM_EMULATOR_PORT',
    healthPath: '/_ministack/health',
    prepare: () => makeHome(dir),
    launch: (chosen) => ({
      program: join(VENV_BIN, 'python'),
      args: [GATE],
      // With another gate it is another program: what runs behind the old one is not reused.
      env: { ...emulatorEnvironment(dir, chosen, iam), TVM_EMULATOR_GATE: digest(GATE) },
    }),
  };
}

function digest(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/**
 * Empty folders of its own, so that two emulators can run side by side. What an earlier one left (the unpacked functions of
 * every deployment, the private keys of its user pools) is of no use to one that has forgotten everything.
 */
function makeHome(dir: string): void {
  for (const folder of ['tmp', 'home', 'state']) {
    rmSync(join(dir, 'emulator', folder), { recursive: true, force: true });
    mkdirSync(join(dir, 'emulator', folder), { recursive: true, mode: 0o700 });
  }
}

/** All that the emulator, and so every function in it, is given. */
export function emulatorEnvironment(dir: string, port: number, iam: Iam = 'off'): NodeJS.ProcessEnv {
  return {
    PATH: [VENV_BIN, '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter),
    HOME: join(dir, 'emulator/home'),
    TMPDIR: join(dir, 'emulator/tmp'),
    STATE_DIR: join(dir, 'emulator/state'),
    LANG: 'C.UTF-8',
    PYTHONUNBUFFERED: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    GATEWAY_PORT: String(port),
    BIND_HOST: LOOPBACK,
    MINISTACK_REGION: REGION,
    MINISTACK_ACCOUNT_ID: ACCOUNT,
    // The credentials of `clientConfig` are the account's own, and may do everything in either case.
    AUTH: String(iam === 'enforced'),
    // Where the functions find Secrets Manager.
    AWS_ENDPOINT_URL: `http://${LOOPBACK}:${port}`,
    // Functions as processes of this machine: no Docker.
    LAMBDA_EXECUTOR: 'local',
    DOCKER_HOST: 'unix:///nonexistent',
    // Both would listen on ports of their own.
    IOT_MTLS_ENABLED: '0',
    SFTP_ENABLED: '0',
  };
}

/** The environment of a program that talks to the emulator at `url` and must never reach the real AWS. */
export function clientEnvironment(url: string, dir: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_') && !/_proxy$/i.test(name));
  return {
    ...Object.fromEntries(kept),
    PATH: [VENV_BIN, process.env['PATH'] ?? ''].join(delimiter),
    AWS_ENDPOINT_URL: url,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    // Else a profile of the user's is looked up.
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    CDK_HOME: join(dir, 'cdk-home'),
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    NODE_NO_WARNINGS: '1',
  };
}

/** How an AWS client is made. Empty: for the account, region and endpoints that the environment names. */
export type AwsConfig = Readonly<Partial<ReturnType<typeof clientConfig>>>;

/** How the AWS clients of this program reach the emulator. */
export function clientConfig(url: string) {
  return { endpoint: url, region: REGION, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
}
