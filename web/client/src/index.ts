export { type Access, type AccessRequest, basic, bearer, credentials, open } from './access.ts';
export { TokenError, type TokenErrorDetails, type TokenErrorKind } from './errors.ts';
export { type Token, TokenSource, type TokenSourceOptions } from './token-source.ts';
