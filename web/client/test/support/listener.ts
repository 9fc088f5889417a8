/** An app that writes down what it hears, and topics for it to listen to. */
import type { MomentoError, TokenError } from '../../src/errors.ts';
import type { Gap } from '../../src/position.ts';
import type { SubscriptionHandlers, SubscriptionState } from '../../src/subscription.ts';
import type { TokenSource } from '../../src/token-source.ts';
import { Topics } from '../../src/topics.ts';
import { Device } from './device.ts';
import { TopicService } from './topic-service.ts';

export class Listener implements SubscriptionHandlers {
  readonly values: (string | Uint8Array | Gap)[] = [];
  readonly states: SubscriptionState[] = [];
  readonly errors: (MomentoError | TokenError)[] = [];

  onMessage: SubscriptionHandlers['onMessage'] = ({ value }) => this.values.push(value);
  onGap = (gap: Gap) => this.values.push(gap);
  onState = (state: SubscriptionState) => this.states.push(state);
  onError = (error: MomentoError | TokenError) => this.errors.push(error);
}

export class Stage {
  readonly device = new Device();
  readonly service = new TopicService(this.device.clock);
  readonly source: TokenSource;
  readonly topics: Topics;

  constructor() {
    const { clock, endpoint } = this.device;
    this.service.admits = (authToken) => clock.world() < (endpoint.ends.get(authToken) ?? 0);
    this.source = this.device.source();
    this.topics = new Topics(this.source, { open: this.service.stream }, this.device.environment());
  }

  /** Subscribes, and lets the time pass that it takes. */
  async subscribe(listener: Listener, topic = 'room') {
    const subscribed = this.topics.subscribe('cache', topic, listener);
    subscribed.catch(() => {});
    await this.pass(100);
    return subscribed;
  }

  /** Lets time pass, in which tokens end when they do. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 500) {
      await this.device.clock.advance(Math.min(500, left));
      this.service.expire();
    }
  }
}
