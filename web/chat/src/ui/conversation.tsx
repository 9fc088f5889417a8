/** Signed in: what the token is worth, the rooms, and the one that is open. */
import { useEffect, useState } from 'preact/hooks';
import { hashOf, placeIn } from '../model/memory.ts';
import { type Place, placesOf } from '../model/places.ts';
import { Room } from '../model/room.ts';
import type { Visit } from '../model/visit.ts';
import { whyNoToken } from '../model/words.ts';
import type { Settings } from '../settings.ts';
import { Notice } from './notice.tsx';
import { RoomPicker } from './room-picker.tsx';
import { RoomView } from './room-view.tsx';
import { TokenCard } from './token-card.tsx';
import { useStore } from './use-store.ts';

export function Conversation(props: { visit: Visit; settings: Settings; onLeave: () => void }) {
  const { visit, settings, onLeave } = props;
  const grant = useStore(visit.grant);
  const [room, setRoom] = useState<Room | undefined>(undefined);

  const enter = (place: Place) => {
    const next = new Room(visit, place);
    setRoom(next);
    history.replaceState(null, '', hashOf(place));
    void next.open();
  };
  const leaveRoom = () => {
    setRoom(undefined);
    history.replaceState(null, '', location.pathname + location.search);
  };
  // The address names the room of before a reload, or the one that somebody sent.
  useEffect(() => {
    const place = placeIn(location.hash);
    if (place && visit.mayEnter(place)) enter(place);
  }, [visit]);
  useEffect(() => () => room?.leave(), [room]);

  return (
    <div class="page">
      <TokenCard visit={visit} onLeave={onLeave} />
      <main class={room ? 'talking' : 'choosing'}>
        <TroubleNotice visit={visit} onLeave={onLeave} />
        {room ? (
          <RoomView key={`${room.place.cache} ${room.place.topic}`} visit={visit} room={room} onLeave={leaveRoom} />
        ) : (
          <RoomPicker places={placesOf(grant, settings.cache)} onChoose={enter} />
        )}
      </main>
    </div>
  );
}

/** What keeps new tokens away. */
function TroubleNotice(props: { visit: Visit; onLeave: () => void }) {
  const trouble = useStore(props.visit.trouble);
  if (!trouble) return null;
  const { error, passes } = trouble;
  if (passes) {
    return (
      <Notice kind="trouble">
        {whyNoToken(error)} Your current token still works, and the page keeps trying to get a new one.
      </Notice>
    );
  }
  return (
    <Notice kind="error">
      {whyNoToken(error)} You can continue until your token expires.{' '}
      <button type="button" onClick={props.onLeave}>
        Sign in again
      </button>
    </Notice>
  );
}
