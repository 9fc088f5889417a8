/** A configuration as far as the local emulator of AWS can have it: the one list of what it cannot. */

import type { TvmConfig } from './canonical-config.ts';

/** The processor of the computer that the emulator runs the functions on. */
export const EMULATED_ARCHITECTURE = 'x86_64';

/** Where an emulator answers for a deployed API. */
export function emulatedUrl(emulator: string, apiId: string, stage: string): string {
  return `${emulator}/_aws/execute-api/${apiId}/${stage}/`;
}

/**
 * The same without what the emulator refuses: CloudFront's site, since it cannot fill a bucket (`make local` serves the page itself); what
 * stands before the endpoint, since it has no firewall and its name is that of the computer; and rotation on a schedule.
 */
export function emulated(config: TvmConfig): TvmConfig {
  const { waf: _waf, domain: _domain, usage_plan: _plan, ...api } = config.api;
  const { rotate_every: _every, ...momento } = config.momento;
  const functions = { ...config.functions, architecture: EMULATED_ARCHITECTURE } as const;
  // Without a domain, its own name is the only one.
  return { ...config, api: { ...api, disable_default_endpoint: false }, momento, functions, web: { enabled: false } };
}
