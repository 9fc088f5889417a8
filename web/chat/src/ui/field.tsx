import { useEffect, useId, useRef } from 'preact/hooks';

interface FieldProps {
  label: string;
  value: string;
  onInput: (value: string) => void;
  /** What stands below it. */
  hint?: string;
  /** What stands before it, and belongs to what is typed. */
  before?: string;
  type?: 'text' | 'password' | 'url';
  autocomplete?: string;
  inputMode?: 'numeric' | 'url';
  maxLength?: number;
  required?: boolean;
  /** Whether it takes the keyboard when it appears. */
  focused?: boolean;
}

/** A labelled field of a form. */
export function Field(props: FieldProps) {
  const { label, value, hint, before, focused, onInput, type = 'text', ...rest } = props;
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (focused) input.current?.focus();
  }, [focused]);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="input">
        {before && <span class="before">{before}</span>}
        <input
          id={id}
          ref={input}
          // Preact has a type for each, and none for what may be one of several.
          type={type as 'text'}
          value={value}
          spellcheck={false}
          autocapitalize="off"
          aria-describedby={hint ? `${id}-hint` : undefined}
          onInput={(event) => onInput(event.currentTarget.value)}
          {...rest}
        />
      </div>
      {hint && (
        <p class="quiet" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}
