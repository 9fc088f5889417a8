/** Deploys the stacks of a run by the very code of `make deploy`, and gives them what a deployment needs: a key and users. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type AuthMode,
  answering,
  type BroughtUp,
  bringUp,
  cacheClient,
  createCaches,
  Failure,
  Progress,
  provideUsers,
  putSecret,
  ROOT,
  required,
} from 'local';
import type { MachineOutputs } from '../support/target.ts';
import { keyIn } from './options.ts';
import { cachesOf, cloudOptions, directoryOf, type Plan } from './plan.ts';

const SHIPPED = join(ROOT, 'config/tvm.toml');
const SHIPPED_CACHE = 'default-cache';

/** What a run has deployed so far. */
export class Deployments {
  readonly #plan: Plan;
  readonly #progress = new Progress(process.stdout);
  readonly #outputs = new Map<string, MachineOutputs>();
  #tvm: string | undefined;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#tvm = plan.tvm;
  }

  /** How many stacks there are. */
  count(): number {
    return this.#outputs.size;
  }

  outputsOf(what: string): MachineOutputs | undefined {
    return this.#outputs.get(what);
  }

  /** One stack for each mode, ready to be asked. */
  async modes(): Promise<void> {
    const { momento, modes } = this.#plan;
    const { cache, otherCache } = cachesOf(this.#plan);
    const apiKey = keyIn(momento.apiKeyFile);
    await this.#progress.step('Make the caches of this run at Momento', () =>
      createCaches(apiKey, momento.cacheEndpoint, [cache, otherCache]),
    );
    for (const mode of modes) {
      const { config, outputs } = await this.deploy(mode, mode);
      await putSecret({}, required(outputs, 'ApiKeySecretArn'), apiKey);
      const users = await provideUsers({}, config.values, outputs);
      this.#outputs.set(mode, { ...this.#machine(outputs), ...(users && { DemoUsers: users }) });
    }
  }

  /**
   * Deploys the shipped configuration under a name, or over what is there of that name.
   *
   * @param more what is appended to the configuration
   */
  async deploy(what: string, auth: AuthMode, more = ''): Promise<BroughtUp> {
    const options = cloudOptions(this.#plan, what, this.#config(what, more), auth, this.#tvm);
    const done = await bringUp(options, this.#progress);
    this.#tvm = done.tvm;
    this.#outputs.set(what, this.#machine(done.outputs));
    return done;
  }

  #machine(outputs: BroughtUp['outputs']): MachineOutputs {
    return {
      ...outputs,
      Endpoint: answering(outputs['ExecuteApiUrl'] ?? required(outputs, 'Endpoint')),
      ApiKeySecretArn: required(outputs, 'ApiKeySecretArn'),
    } as MachineOutputs;
  }

  #config(what: string, more: string): string {
    const dir = directoryOf(this.#plan);
    mkdirSync(dir, { recursive: true });
    const path = join(dir, `${what}.toml`);
    const shipped = readFileSync(SHIPPED, 'utf8').replaceAll(SHIPPED_CACHE, cachesOf(this.#plan).cache);
    writeFileSync(path, `${shipped}\n${more}`);
    return path;
  }
}

/** Deletes the caches of a run. */
export async function deleteCaches(plan: Plan): Promise<void> {
  const client = cacheClient(keyIn(plan.momento.apiKeyFile), plan.momento.cacheEndpoint);
  try {
    for (const name of Object.values(cachesOf(plan))) {
      const response = await client.deleteCache(name);
      if (response.type === 'Error' && response.errorCode() !== 'NOT_FOUND_ERROR') {
        throw new Failure(`Momento did not delete the cache ${name}: ${response.message()}`);
      }
    }
  } finally {
    client.close();
  }
}
