'use client';
// A chat room: what was said since it was opened, and a line to say something. The server renders it too, and asks for no token.
import { open, TokenSource, Topics } from '@token-vending-machine/client';
import { useToken, useTopic } from '@token-vending-machine/client/react';
import { useState } from 'react';

/** `momento` is for a local Momento; without it, the token says where Momento is. */
function connect({ endpoint, momento, name }) {
  const tokens = new TokenSource({ endpoint, access: open({ name }) });
  return { tokens, topics: new Topics(tokens, momento ? { momento } : {}) };
}

export function Room(props) {
  const [{ tokens, topics }] = useState(() => connect(props));
  const { token, error } = useToken(tokens);
  const { messages, state, publish } = useTopic(topics, 'default-cache', 'example');
  const say = (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    const text = String(new FormData(form).get('text') ?? '');
    if (text !== '') void publish(text).then(() => form.reset());
  };
  return (
    <main>
      <h1>A room</h1>
      <p role="status">{error?.message ?? (token ? `${state}, as ${token.grant?.id ?? 'nobody'}` : 'getting a token')}</p>
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
