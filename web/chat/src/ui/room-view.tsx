/** The open room: what is said, and the place to say something. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { partsOf } from '../model/links.ts';
import type { ChatMessage, Entry, Room, RoomState } from '../model/room.ts';
import type { Visit } from '../model/visit.ts';
import { whyNot } from '../model/words.ts';
import { Avatar } from './avatar.tsx';
import { Composer } from './composer.tsx';
import { Notice } from './notice.tsx';
import { useOnline } from './tab.ts';
import { useStore } from './use-store.ts';

const STATES: Readonly<Record<RoomState, string>> = {
  opening: 'Joining …',
  live: 'Live',
  reconnecting: 'Reconnecting … no message is lost',
  unanswered: 'Momento did not answer',
  silent: 'You can write here, but not read',
  closed: 'Closed',
};

export function RoomView(props: { visit: Visit; room: Room; onLeave: () => void }) {
  const { visit, room, onLeave } = props;
  const connected = useOnline();
  const state = useStore(room.state);
  const cutOff = !connected && state !== 'silent' && state !== 'closed';
  const error = useStore(room.error);
  const rights = useStore(room.rights);
  const grant = useStore(visit.grant);
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (connected) room.networkIsBack();
  }, [connected, room]);
  // Who cannot write is told where they are; who can finds themselves where they write.
  useEffect(() => {
    if (!room.rights.get().publish) title.current?.focus();
  }, [room]);
  return (
    <section class="room" aria-labelledby="room">
      <header>
        <div>
          <h1 id="room" ref={title} tabIndex={-1}>
            {room.place.topic}
          </h1>
          <span class={`state ${cutOff ? 'offline' : state}`} role="status">
            {cutOff ? 'Offline' : STATES[state]}
          </span>
        </div>
        {!rights.publish && <span class="chip">read only</span>}
        <button type="button" onClick={onLeave}>
          Leave
        </button>
      </header>
      {state === 'closed' && <Notice kind="error">{whyNot(error, 'listen')}</Notice>}
      <Log room={room} me={grant?.id} />
      <Composer room={room} rights={rights} />
    </section>
  );
}

function Log(props: { room: Room; me: string | undefined }) {
  const entries = useStore(props.room.entries);
  const log = useRef<HTMLDivElement>(null);
  const [following, setFollowing] = useState(true);
  // Who reads further up is left there.
  useLayoutEffect(() => {
    if (following && log.current) log.current.scrollTop = log.current.scrollHeight;
  }, [entries, following]);
  return (
    <div
      class="log"
      ref={log}
      role="log"
      aria-label="Messages"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) =>
        setFollowing(scrollHeight - scrollTop - clientHeight < 40)
      }
    >
      {entries.length === 0 && <p class="empty quiet">No messages yet.</p>}
      {entries.map((entry, index) =>
        entry.kind === 'gap' ? (
          <p key={entry.key} class="missing">
            {entry.count === undefined ? 'Messages may be missing here' : `${entry.count} messages are missing here`}
          </p>
        ) : (
          <Bubble
            key={entry.key}
            message={entry}
            mine={isMine(entry, props.me)}
            goesOn={goesOn(entries[index - 1], entry)}
          />
        ),
      )}
    </div>
  );
}

function Bubble(props: { message: ChatMessage; mine: boolean; goesOn: boolean }) {
  const { message, mine, goesOn } = props;
  const time = message.at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  return (
    <article class={`message${mine ? ' mine' : ''}${goesOn ? ' goes-on' : ''}`}>
      <Avatar name={message.by} />
      <div>
        <p class={goesOn ? 'by unseen' : 'by'}>
          <strong>{message.by ?? 'Unnamed'}</strong>
          {mine && <span class="quiet"> (you)</span>} <time dateTime={message.at.toISOString()}>{time}</time>
        </p>
        <p class="text">
          {partsOf(message.text).map(({ text, href }, index) =>
            href === undefined ? (
              text
            ) : (
              <a key={index} href={href} target="_blank" rel="noopener noreferrer nofollow ugc">
                {text}
              </a>
            ),
          )}
        </p>
      </div>
    </article>
  );
}

/** Where tokens have no id, nobody can tell. */
function isMine({ by }: ChatMessage, me: string | undefined): boolean {
  return by !== undefined && by === me;
}

const PAUSE_MS = 5 * 60_000;

/** Whether `entry` follows another of the same person, so soon that their name need not be seen again. */
function goesOn(before: Entry | undefined, entry: ChatMessage): boolean {
  if (before?.kind !== 'message' || before.by !== entry.by) return false;
  return entry.at.getTime() - before.at.getTime() < PAUSE_MS;
}
