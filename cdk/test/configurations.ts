/** The configurations that judges from outside look at: every one that is shipped, and one with everything that AWS is asked for. */

import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

import type { AuthMode, TvmConfig } from '../lib/canonical-config.ts';
import { loadConfig } from '../lib/config.ts';
import { repositoryRoot } from '../lib/repository.ts';
import { COGNITO, canonical, EVERYTHING_BEFORE, FUNCTIONS, LIMITS, MOMENTO, WATCHED } from './fixtures.ts';

const EXAMPLES = join(repositoryRoot, 'config/examples');
const FILES = [join(repositoryRoot, 'config/tvm.toml'), ...readdirSync(EXAMPLES).map((file) => join(EXAMPLES, file))];

/** A file of `config/`, as `tvm` reads it. */
export interface ShippedConfiguration {
  /** Of the file, without its ending. */
  readonly name: string;
  readonly config: TvmConfig;
}

let shipped: readonly ShippedConfiguration[] | undefined;

/** Every configuration that is shipped. */
export function shippedConfigurations(): readonly ShippedConfiguration[] {
  shipped ??= FILES.map((file) => {
    // Each mode of it is looked at, and no function reads the file.
    const { source: _, ...config } = loadConfig({ ...process.env, TVM_CONFIG: file }).config;
    return { name: basename(file, '.toml'), config };
  });
  return shipped;
}

/** For production, with each table that makes a resource of its own. */
export function everything(auth: AuthMode): TvmConfig {
  return canonical({
    auth,
    deployment: { stage: 'prod', open_to_everybody: true },
    functions: { ...FUNCTIONS, architecture: 'arm64', reserved_concurrency: 5, tracing: true },
    secrets: { kms_key: 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab' },
    momento: { ...MOMENTO, rotate_every: 30 * 86_400 },
    cognito: {
      ...COGNITO,
      mfa: 'required',
      threat_protection: 'enforced',
      deletion_protection: true,
      self_sign_up: true,
      writable_attributes: ['email'],
    },
    limits: { ...LIMITS, requests_per_second: 10, request_burst: 20 },
    api: EVERYTHING_BEFORE,
    monitoring: WATCHED,
    web: { enabled: true },
  });
}
