/** What a sign-in comes to, whichever way it went. */
import type { Access } from '@token-vending-machine/client';

/** Signed in: who asks for tokens from now on. */
export interface SignedIn {
  readonly access: Access;
  /** Ends what the sign-in began elsewhere: a session, a pool's tokens. */
  readonly signOut: () => Promise<void>;
}

/** Something more that has to be answered before one is signed in: a second factor, a new password. */
export interface Question {
  readonly ask: string;
  readonly kind: 'code' | 'password';
  readonly answer: (text: string) => Promise<SignedIn | Question>;
}
