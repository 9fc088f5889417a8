/** JSON web tokens that were meddled with. Each is a valid token of its issuer, but for one thing. */
import { createHmac, createPublicKey, generateKeyPairSync, type JsonWebKey, sign } from 'node:crypto';
import { plantJwt } from './planted.ts';

type Claims = Readonly<Record<string, unknown>>;

/** `jwt` with other claims and the old signature. */
export function withClaims(jwt: string, changes: Claims): string {
  const { header, claims, signature } = parts(jwt);
  return plantJwt(
    'a token with changed claims',
    [header, encoded({ ...decoded(claims), ...changes }), signature].join('.'),
  );
}

/** `jwt` with one character of its signature changed: the first, every bit of which counts. */
export function withAnotherSignature(jwt: string): string {
  const { header, claims, signature } = parts(jwt);
  const other = (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1);
  return plantJwt('a token with a changed signature', [header, claims, other].join('.'));
}

/** What `jwt` says, signed with a key of the test's own under the same key id. */
export function withAnotherKey(jwt: string): string {
  const { header, claims } = parts(jwt);
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const signature = sign('sha256', Buffer.from(`${header}.${claims}`), privateKey).toString('base64url');
  return plantJwt('a token of another key', `${header}.${claims}.${signature}`);
}

/** What `jwt` says, for which nobody vouches. */
export function unsigned(jwt: string): string {
  const { header, claims } = parts(jwt);
  return plantJwt('an unsigned token', `${encoded({ ...decoded(header), alg: 'none' })}.${claims}.`);
}

/** What `jwt` says, signed with its issuer's public key, which is at `keysUrl`, as if that were a shared secret. */
export async function signedWithThePublicKey(jwt: string, keysUrl: string): Promise<string> {
  const { header, claims } = parts(jwt);
  const { kid } = decoded(header);
  const response = await fetch(keysUrl);
  const { keys } = (await response.json()) as { keys: (JsonWebKey & { kid: string })[] };
  const key = keys.find((candidate) => candidate.kid === kid);
  if (key === undefined) throw new Error(`the key ${kid} is not at ${keysUrl}`);
  const pem = createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
  const text = `${encoded({ alg: 'HS256', kid })}.${claims}`;
  const signature = createHmac('sha256', pem).update(text).digest('base64url');
  return plantJwt('a token signed with the public key', `${text}.${signature}`);
}

function parts(jwt: string): { header: string; claims: string; signature: string } {
  const [header, claims, signature] = jwt.split('.');
  if (!header || !claims || !signature) throw new Error('not a JSON web token');
  return { header, claims, signature };
}

function decoded(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
