/**
 * An OpenID Connect issuer in this process: keys, a discovery document, and tokens of whatever is asked for.
 *
 * It publishes public keys alone, and plants every token that it signs.
 */
import { generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { plantJwt } from './planted.ts';

const LOOPBACK = '127.0.0.1';
const DISCOVERY = '/.well-known/openid-configuration';
const KEY_SET = '/keys';

/** By what tokens are signed here. */
export type Algorithm = 'RS256' | 'ES256';

/** A key to sign with, and what it is called. */
export interface SigningKey {
  readonly kid: string;
  readonly algorithm: Algorithm;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** A key that nobody has published. */
export function newKey(algorithm: Algorithm): SigningKey {
  const pair =
    algorithm === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { kid: randomUUID(), algorithm, ...pair };
}

/** An issuer that runs. */
export class Issuer {
  /** What its tokens name as `iss`, and where it is. */
  readonly url: string;
  readonly #port: number;
  #server: Server;
  #keys: Readonly<Record<Algorithm, SigningKey>> = { RS256: newKey('RS256'), ES256: newKey('ES256') };
  #requests = 0;

  private constructor(server: Server) {
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
    this.url = `http://${LOOPBACK}:${this.#port}`;
    this.#serve();
  }

  /** Starts one on a free port. It keeps no process from ending. */
  static async start(): Promise<Issuer> {
    return new Issuer(await listening(0));
  }

  /** Ends it. */
  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    // The functions keep their connections.
    this.#server.closeAllConnections();
    await closed;
  }

  /** How often it was asked for anything. */
  get requests(): number {
    return this.#requests;
  }

  /** Where its public keys are. */
  get keysUrl(): string {
    return `${this.url}${KEY_SET}`;
  }

  /** A token that says `claims`, by a published key or another. */
  sign(claims: object, by: Algorithm | SigningKey = 'RS256'): string {
    const { kid, algorithm, privateKey } = typeof by === 'string' ? this.#keys[by] : by;
    const text = [{ alg: algorithm, typ: 'JWT', kid }, claims].map(encoded).join('.');
    // As RFC 7518 has it (section 3.4); it means nothing to an RSA key.
    const signature = sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    return plantJwt('a token of the issuer', `${text}.${signature.toString('base64url')}`);
  }

  /** Publishes another RS256 key in place of the one that there is. */
  rotate(): void {
    this.#keys = { ...this.#keys, RS256: newKey('RS256') };
  }

  /** Lets nobody reach it for as long as `act` takes. */
  async whileDown<T>(act: () => Promise<T>): Promise<T> {
    await this.stop();
    try {
      return await act();
    } finally {
      this.#server = await listening(this.#port);
      this.#serve();
    }
  }

  #serve(): void {
    this.#server.on('request', ({ url }, response) => {
      this.#requests += 1;
      const document = this.#documents()[url ?? ''];
      response.writeHead(document ? 200 : 404, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(document ?? {}));
    });
  }

  #documents(): Readonly<Record<string, object>> {
    return {
      [DISCOVERY]: { issuer: this.url, jwks_uri: this.keysUrl },
      [KEY_SET]: { keys: Object.values(this.#keys).map(published) },
    };
  }
}

async function listening(port: number): Promise<Server> {
  const server = createServer().listen(port, LOOPBACK);
  server.unref();
  await once(server, 'listening');
  return server;
}

function published({ kid, algorithm, publicKey }: SigningKey): object {
  return { ...publicKey.export({ format: 'jwk' }), kid, alg: algorithm, use: 'sig' };
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
