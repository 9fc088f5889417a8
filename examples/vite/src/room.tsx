/** A chat room: what was said since it was opened, and a line to say something. */
import { useToken, useTopic } from '@token-vending-machine/client/react';
import type { FormEvent } from 'react';
import { tokens, topics } from './momento.ts';

export function Room() {
  const { token, error } = useToken(tokens);
  const { messages, state, publish } = useTopic(topics, 'default-cache', 'example');
  const say = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const text = String(new FormData(form).get('text') ?? '');
    if (text !== '') void publish(text).then(() => form.reset());
  };
  return (
    <main>
      <h1>A room</h1>
      <p role="status">
        {error?.message ?? (token ? `${state}, as ${token.grant?.id ?? 'nobody'}` : 'getting a token')}
      </p>
      <ol>
        {messages.map(({ sequenceNumber, tokenId, value }) => (
          <li key={sequenceNumber}>
            {tokenId}: {String(value)}
          </li>
        ))}
      </ol>
      <form onSubmit={say}>
        <input name="text" aria-label="Message" autoComplete="off" />
        <button type="submit">Send</button>
      </form>
    </main>
  );
}
