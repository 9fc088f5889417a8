/** A secret's value and the stages of its versions, as Secrets Manager keeps them. */
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { clientConfig } from 'local';
import { aws, emulatorUrl } from './machines.ts';

const CURRENT = 'AWSCURRENT';

/**
 * Takes the stage `AWSCURRENT` from every version of the secret `id`: from then on Secrets Manager answers as it does on
 * AWS for a secret that was made without a value. (AWS itself would not let the stage be taken away.)
 */
export async function withoutCurrentValue(id: string): Promise<void> {
  const client = new SecretsManagerClient(clientConfig(emulatorUrl()));
  const { VersionIdsToStages = {} } = await client.send(new DescribeSecretCommand({ SecretId: id }));
  const current = Object.entries(VersionIdsToStages).find(([, stages]) => stages.includes(CURRENT));
  if (current === undefined) throw new Error(`${id} has no current value`);
  await client.send(
    new UpdateSecretVersionStageCommand({ SecretId: id, VersionStage: CURRENT, RemoveFromVersionId: current[0] }),
  );
}

/** The value of the secret `id`, `undefined` where there is no such secret. */
export async function secretValue(id: string): Promise<string | undefined> {
  const client = new SecretsManagerClient(aws());
  return client
    .send(new GetSecretValueCommand({ SecretId: id }))
    .then(({ SecretString }) => SecretString)
    .catch((error: unknown) => {
      if (!(error instanceof ResourceNotFoundException)) throw error;
      return undefined;
    });
}
