/** The rooms that the token is good for: those that it names, and a name of one's own where it leaves a choice. */
import { useState } from 'preact/hooks';
import type { Family, Place, Places } from '../model/places.ts';
import { Field } from './field.tsx';
import { Notice } from './notice.tsx';

const USUAL_ROOM = 'lobby';

export function RoomPicker(props: { places: Places; onChoose: (place: Place) => void }) {
  const { places, onChoose } = props;
  const { rooms, families } = places;
  return (
    <section class="card" aria-labelledby="rooms">
      <h1 id="rooms">Join a room</h1>
      {rooms.length === 0 && families.length === 0 && (
        <Notice kind="info">You have no permission for any room. Your permissions are listed next to your name.</Notice>
      )}
      {rooms.length > 0 && (
        <ul class="rooms">
          {rooms.map((place) => (
            <li key={`${place.cache} ${place.topic}`}>
              <button type="button" onClick={() => onChoose(place)}>
                <strong>{place.topic}</strong>
                <span class="quiet">in {place.cache}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {families.map((family) => (
        <FamilyForm key={`${family.cache} ${family.prefix}`} family={family} onChoose={onChoose} />
      ))}
    </section>
  );
}

function FamilyForm(props: { family: Family; onChoose: (place: Place) => void }) {
  const { cache, prefix } = props.family;
  const [name, setName] = useState(USUAL_ROOM);
  return (
    <form
      class="join"
      onSubmit={(event) => {
        event.preventDefault();
        const topic = `${prefix}${name.trim()}`;
        if (topic !== '') props.onChoose({ cache, topic });
      }}
    >
      <Field
        label="Room"
        hint={`In the cache ${cache}. Everyone who joins a room of this name is in the same room.`}
        before={prefix}
        value={name}
        required={prefix === ''}
        autocomplete="off"
        maxLength={200}
        focused
        onInput={setName}
      />
      <button type="submit" class="primary">
        Join
      </button>
    </form>
  );
}
