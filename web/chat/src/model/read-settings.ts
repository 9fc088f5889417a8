/** Reads `chat.json`. A page without one works too: it asks for the machine. */
import type { Machine, Settings } from '../settings.ts';

/** The file is there and says nothing that the page could use. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** The settings beside the page at `base`. Rejects with a {@link SettingsError} that tells whoever serves the page. */
export async function readSettings(base: string): Promise<Settings> {
  const response = await fetch(new URL('chat.json', base), { cache: 'no-store' }).catch(() => undefined);
  if (!response) throw new SettingsError('chat.json, which says where tokens come from, cannot be reached.');
  // What hosts single pages answers with the page itself for what it does not have.
  const isJson = response.headers.get('Content-Type')?.includes('json') ?? false;
  if (response.status === 404 || response.status === 403 || (response.ok && !isJson)) return {};
  if (!response.ok) throw new SettingsError(`chat.json was answered with ${response.status}.`);
  return parseSettings(await response.text());
}

/** The settings in `text`. */
export function parseSettings(text: string): Settings {
  const settings = parse(text);
  const { machine, demoUsers } = settings;
  if (machine !== undefined && !isMachine(machine)) {
    throw new SettingsError('chat.json: `machine` needs `endpoint`, `mode`, and what the mode needs: see settings.ts.');
  }
  for (const key of ['cache', 'momento']) {
    const value = settings[key];
    if (value !== undefined && typeof value !== 'string')
      throw new SettingsError(`chat.json: \`${key}\` must be a text.`);
  }
  if (demoUsers !== undefined && !Array.isArray(demoUsers)) {
    throw new SettingsError('chat.json: `demoUsers` must be a list.');
  }
  return settings as Settings;
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch {
    // Told below.
  }
  throw new SettingsError('chat.json must hold a JSON object.');
}

/** What each mode needs beside `endpoint`. */
const NEEDS: Readonly<Record<Machine['mode'], readonly string[]>> = {
  Open: [],
  LambdaAuthorizer: ['credentials'],
  AmazonCognito: ['userPoolId', 'clientId', 'tokenUse', 'flow'],
  Bearer: [],
  Session: ['session'],
};

function isMachine(value: unknown): value is Machine {
  if (!isRecord(value) || typeof value['endpoint'] !== 'string') return false;
  const { mode } = value;
  if (typeof mode !== 'string' || !Object.hasOwn(NEEDS, mode)) return false;
  return NEEDS[mode as Machine['mode']].every((key) => typeof value[key] === 'string');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
