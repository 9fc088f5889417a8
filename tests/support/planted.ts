/**
 * What must not be seen: every password, token, key and marker that the tests send or are given.
 *
 * A value that is not planted here is not looked for, so the helpers plant what passes through them.
 */

const planted = new Map<string, string>();

/** Short texts are found everywhere by chance. */
const SHORTEST = 8;

/** What is planted, by its first `SHORTEST` characters: thousands are looked for in megabytes. */
const byBeginning = new Map<string, Set<string>>();

/** Remembers `secret` as a thing that no log and no answer may show. @returns it */
export function plant(name: string, secret: string): string {
  if (secret.length < SHORTEST) throw new Error(`"${name}" is too short to be looked for`);
  planted.set(secret, name);
  const beginning = secret.slice(0, SHORTEST);
  byBeginning.set(beginning, (byBeginning.get(beginning) ?? new Set()).add(secret));
  return secret;
}

/** The same for a JSON web token, whose claims and signature give it away one by one. */
export function plantJwt(name: string, jwt: string): string {
  const [, claims, signature] = jwt.split('.');
  if (claims) plant(`the claims of ${name}`, claims);
  if (signature) plant(`the signature of ${name}`, signature);
  return plant(name, jwt);
}

/** The same for a vended token or an API key: base64 of a JSON object that holds the key itself. */
export function plantKey(name: string, encoded: string): string {
  const { api_key: key } = JSON.parse(Buffer.from(encoded, 'base64').toString()) as { api_key: string };
  plant(`the key in ${name}`, key);
  return plant(name, encoded);
}

/** The names of the planted things that `text` shows. */
export function sightings(text: string): string[] {
  const seen = new Set<string>();
  for (let at = 0; at + SHORTEST <= text.length; at++) {
    for (const secret of byBeginning.get(text.slice(at, at + SHORTEST)) ?? []) {
      if (text.startsWith(secret, at)) seen.add(secret);
    }
  }
  return [...seen].map((secret) => planted.get(secret) ?? '');
}

/** How many things are planted. */
export function plantedCount(): number {
  return planted.size;
}
