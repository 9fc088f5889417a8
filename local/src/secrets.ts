/** Secrets of the emulator. A value is only ever sent there; it is in no message. */
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { clientConfig } from './emulator.ts';

/**
 * Makes `value` the value of the secret `id`, and the secret itself when there is none: a configuration may name one that
 * the stack does not make. Writes nothing when it is so already, so that the versions do not pile up.
 */
export async function putSecret(url: string, id: string, value: string): Promise<void> {
  const client = new SecretsManagerClient(clientConfig(url));
  if ((await secretText(url, id)) === value) return;
  try {
    await client.send(new PutSecretValueCommand({ SecretId: id, SecretString: value }));
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    await client.send(new CreateSecretCommand({ Name: id, SecretString: value }));
  }
}

/** The value of the secret `id`, `undefined` where there is no such secret, or none in it yet. */
export async function secretText(url: string, id: string): Promise<string | undefined> {
  const client = new SecretsManagerClient(clientConfig(url));
  try {
    return (await client.send(new GetSecretValueCommand({ SecretId: id }))).SecretString;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}
