/** One message to a topic, by the SDK's own generated stub. */
import messages from '@gomomento/generated-types-webtext/dist/cachepubsub_pb.js';
import type { Clock } from './clock.ts';
import { MomentoError } from './errors.ts';
import { kindOf, type MomentoOptions, pubsub } from './momento.ts';
import type { Token } from './token-source.ts';

/** A message, and where it goes. */
export interface Publication {
  readonly cache: string;
  readonly topic: string;
  readonly value: string | Uint8Array;
}

/** As long as the SDK for browsers waits. */
const TIMEOUT_MS = 5_000;

/** Rejects with a {@link MomentoError} if Momento did not take it, or did not say so in time. */
export function publish(
  { cache, topic, value }: Publication,
  token: Token,
  options: MomentoOptions,
  clock: Clock,
): Promise<void> {
  const { stub, authorization } = pubsub(token, options);
  const content = new messages._TopicValue();
  if (typeof value === 'string') content.setText(value);
  else content.setBinary(value);
  const request = new messages._PublishRequest();
  request.setCacheName(cache);
  request.setTopic(topic);
  request.setValue(content);
  return new Promise((resolve, reject) => {
    const call = stub.publish(request, { authorization, cache }, (error) => {
      cancelTimeout();
      if (error) reject(new MomentoError(kindOf(error.code), `The message was not taken: ${error.message}`, error));
      else resolve();
    });
    const cancelTimeout = clock.after(TIMEOUT_MS, () => {
      call.cancel();
      reject(new MomentoError('unavailable', `Momento did not answer within ${TIMEOUT_MS / 1_000} s.`));
    });
  });
}
