import type { ComponentChildren } from 'preact';

/** Something that one has to know. An error is read out at once, the rest when there is a pause. */
export function Notice(props: { kind: 'error' | 'trouble' | 'info'; children: ComponentChildren }) {
  return (
    <div class={`notice ${props.kind}`} role={props.kind === 'error' ? 'alert' : 'status'}>
      {props.children}
    </div>
  );
}
