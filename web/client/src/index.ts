export { type Access, type AccessRequest, basic, bearer, credentials, open, withKey } from './access.ts';
export { Caches, type CachesOptions, type SdkFailure } from './caches.ts';
export {
  MomentoError,
  type MomentoErrorKind,
  TokenError,
  type TokenErrorDetails,
  type TokenErrorKind,
} from './errors.ts';
export { type Grant, type Permission, type Selector, type TopicRights, topicRights } from './grant.ts';
export type { MomentoOptions } from './momento.ts';
export type { Gap } from './position.ts';
export type { Message, Subscription, SubscriptionHandlers, SubscriptionState } from './subscription.ts';
export { type Token, TokenSource, type TokenSourceOptions } from './token-source.ts';
export { Topics, type TopicsOptions } from './topics.ts';
