/** Who one is, what the token may do, and how long it lives: as Momento and the endpoint say, not as anybody typed. */
import type { Grant } from '@token-vending-machine/client';
import { useEffect, useState } from 'preact/hooks';
import type { Visit } from '../model/visit.ts';
import { rightOf, timeLeft } from '../model/words.ts';
import type { Machine } from '../settings.ts';
import { Avatar } from './avatar.tsx';
import { useStore } from './use-store.ts';

export function TokenCard(props: { visit: Visit; onLeave: () => void }) {
  const { visit, onLeave } = props;
  const grant = useStore(visit.grant);
  return (
    <aside class="token" aria-label="You and your token">
      <div class="who">
        <Avatar name={grant?.id} />
        <div>
          <strong class="name">{grant?.id ?? 'Unnamed'}</strong>
          <span class="quiet">{aboutName(grant, visit.machine.mode)}</span>
        </div>
      </div>
      <Life visit={visit} />
      <details class="rights" open={hasRoom()}>
        <summary>Your permissions</summary>
        {grant ? (
          <ul>
            {grant.permissions.map(rightOf).map(({ what, where, may }) => (
              <li key={`${what} ${where} ${may}`}>
                <span>
                  {what} <span class="quiet">in {where}</span>
                </span>
                <span class="chip">{may}</span>
              </li>
            ))}
          </ul>
        ) : (
          <p class="quiet">The endpoint does not list them. Momento enforces them.</p>
        )}
      </details>
      <button type="button" class="leave" onClick={onLeave}>
        Sign out
      </button>
    </aside>
  );
}

/** What the name is worth. */
function aboutName(grant: Grant | undefined, mode: Machine['mode']): string {
  if (!grant) return 'the endpoint does not list your name';
  if (grant.id === undefined) return 'your token has no name';
  return mode === 'Open' ? 'name not verified' : 'verified name';
}

/** Where there is no room for it, one asks for it. */
function hasRoom(): boolean {
  return matchMedia('(min-width: 46rem)').matches;
}

/** The circle that runs out. Nobody is read a countdown: it can be looked up. */
function Life(props: { visit: Visit }) {
  const { left, whole } = useLife(props.visit);
  const share = whole > 0 ? Math.min(1, left / whole) : 0;
  return (
    <div class={left > 0 ? 'life' : 'life ended'} role="timer" aria-live="off">
      <svg viewBox="0 0 36 36" aria-hidden="true">
        <circle cx="18" cy="18" r="15.9155" />
        <circle class="left" cx="18" cy="18" r="15.9155" pathLength="100" strokeDasharray={`${share * 100} 100`} />
      </svg>
      <div>
        <strong>{left > 0 ? `${timeLeft(left)} left` : 'Your token has expired'}</strong>
        <span class="quiet">{left > 0 ? 'renews automatically' : 'waiting for a new one'}</span>
      </div>
    </div>
  );
}

function useLife(visit: Visit) {
  const [life, setLife] = useState(visit.life());
  useEffect(() => {
    const timer = setInterval(() => setLife(visit.life()), 1_000);
    return () => clearInterval(timer);
  }, [visit]);
  return life;
}
