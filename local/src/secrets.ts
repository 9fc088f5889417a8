/** Secrets, and what is put into them. A value is only ever sent to Secrets Manager; it is in no message. */
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { AwsConfig } from './emulator.ts';

/**
 * Makes `value` the value of the secret `id`, and the secret itself when there is none: a configuration may name one that
 * the stack does not make. Writes nothing when it is so already, so that the versions do not pile up.
 */
export async function putSecret(aws: AwsConfig, id: string, value: string): Promise<void> {
  const client = new SecretsManagerClient(aws);
  if ((await secretText(aws, id)) === value) return;
  try {
    await client.send(new PutSecretValueCommand({ SecretId: id, SecretString: value }));
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    await client.send(new CreateSecretCommand({ Name: id, SecretString: value }));
  }
}

/** The value of the secret `id`, `undefined` where there is no such secret, or none in it yet. */
export async function secretText(aws: AwsConfig, id: string): Promise<string | undefined> {
  const client = new SecretsManagerClient(aws);
  try {
    return (await client.send(new GetSecretValueCommand({ SecretId: id }))).SecretString;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}
