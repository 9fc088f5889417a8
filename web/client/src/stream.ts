/**
 * One stream of a topic under one token, as Momento sends it.
 *
 * It is opened by the SDK's own generated stub and not by `TopicClient.subscribe`: that one takes no number to resume
 * at, does not say a message's page, and goes on with a token that has ended (sdk-web 1.118).
 */
import messages from '@gomomento/generated-types-webtext/dist/cachepubsub_pb.js';
import { MomentoError } from './errors.ts';
import { kindOf, type MomentoOptions, pubsub } from './momento.ts';
import type { Discontinuity, Place } from './position.ts';
import type { Token } from './token-source.ts';

/** What to listen to, and from where. */
export interface StreamRequest {
  readonly token: Token;
  readonly cache: string;
  readonly topic: string;
  /** Number 0: from now on. */
  readonly resume: Place;
}

/** A message as it comes over the stream. */
export interface Item extends Place {
  readonly value: string | Uint8Array;
  readonly tokenId: string | undefined;
}

/** What hears of the stream. Nothing is called after `onEnd`, or after `close()`. */
export interface StreamListener {
  onHeartbeat(): void;
  onItem(item: Item): void;
  onDiscontinuity(discontinuity: Discontinuity): void;
  onEnd(error: MomentoError): void;
}

/** A stream that is open. */
export interface Stream {
  close(): void;
}

/** Opens a stream, or throws a {@link MomentoError}. Nothing is heard of it before this has returned. */
export type OpenStream = (request: StreamRequest, listener: StreamListener) => Stream;

/** Momento's topics over gRPC-web. */
export function momentoStreams(options: MomentoOptions): OpenStream {
  return ({ token, cache, topic, resume }, listener) => {
    const { stub, authorization } = pubsub(token, options);
    const request = new messages._SubscriptionRequest();
    request.setCacheName(cache);
    request.setTopic(topic);
    request.setResumeAtTopicSequenceNumber(resume.number);
    request.setSequencePage(resume.page);
    const call = stub.subscribe(request, { authorization });
    let open = true;
    const end = (error: MomentoError) => {
      if (!open) return;
      open = false;
      listener.onEnd(error);
    };
    call.on('data', (message) => {
      if (open) hear(message, listener);
    });
    call.on('error', ({ code, message }) => end(new MomentoError(kindOf(code), `The topic's stream: ${message}`)));
    call.on('end', () => end(new MomentoError('unavailable', "The topic's stream was closed by Momento.")));
    return {
      close() {
        open = false;
        call.cancel();
      },
    };
  };
}

function hear(message: messages._SubscriptionItem, listener: StreamListener): void {
  const item = message.getItem();
  const discontinuity = message.getDiscontinuity();
  if (item) {
    const value = item.getValue();
    const binary = value?.getKindCase() === messages._TopicValue.KindCase.BINARY;
    listener.onItem({
      page: item.getSequencePage(),
      number: item.getTopicSequenceNumber(),
      value: binary ? value.getBinary_asU8() : (value?.getText() ?? ''),
      tokenId: item.getPublisherId() || undefined,
    });
  } else if (discontinuity) {
    listener.onDiscontinuity({
      page: discontinuity.getNewSequencePage(),
      number: discontinuity.getNewTopicSequence(),
    });
  } else {
    listener.onHeartbeat();
  }
}
