/** Where one writes, or is told why not. What was not sent stays. */
import type { TopicRights } from '@token-vending-machine/client';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Room } from '../model/room.ts';
import { whyNot } from '../model/words.ts';
import { Notice } from './notice.tsx';

/** Momento takes more; a chat has no use for it. */
const LONGEST = 2_000;

export function Composer(props: { room: Room; rights: TopicRights }) {
  const { room, rights } = props;
  const [text, setText] = useState('');
  const [sending, setSending] = useState(false);
  const [error, setError] = useState<string | undefined>(undefined);
  const field = useRef<HTMLTextAreaElement>(null);

  useEffect(() => field.current?.focus(), []);

  const send = async () => {
    if (sending || text.trim() === '') return;
    setSending(true);
    setError(undefined);
    try {
      await room.say(text.trim());
      setText('');
    } catch (cause) {
      setError(whyNot(cause, 'speak'));
    } finally {
      setSending(false);
      field.current?.focus();
    }
  };

  if (!rights.publish) {
    return (
      <div class="composer">
        {error !== undefined && <Notice kind="error">{error}</Notice>}
        <p class="locked">
          <strong>Read only.</strong> You can read in this room, but not write.
        </p>
      </div>
    );
  }
  return (
    <form
      class="composer"
      aria-busy={sending}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {error !== undefined && <Notice kind="error">{error}</Notice>}
      <div class="line">
        <textarea
          ref={field}
          aria-label="Message"
          placeholder="Write a message"
          rows={1}
          maxLength={LONGEST}
          value={text}
          readOnly={sending}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            // Enter that ends the composition of a character is not meant for the form.
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            void send();
          }}
        />
        <button type="submit" class="primary" disabled={sending || text.trim() === ''}>
          {sending ? 'Sending …' : 'Send'}
        </button>
      </div>
    </form>
  );
}
