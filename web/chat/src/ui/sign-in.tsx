/** The way in: who one is, in the mode of the machine. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { rememberSignIn } from '../model/memory.ts';
import { signIn, type Typed } from '../model/sign-in.ts';
import type { Question, SignedIn } from '../model/signed-in.ts';
import type { Visit } from '../model/visit.ts';
import { whyNotSignedIn } from '../model/words.ts';
import type { DemoUser, Machine, Settings } from '../settings.ts';
import { Field } from './field.tsx';
import { MachineFields } from './machine-fields.tsx';
import { Notice } from './notice.tsx';
import { tabStorage } from './tab.ts';

/** What each mode is called, and what it asks for. */
const MODES: Readonly<Record<Machine['mode'], { title: string; explanation: string; button: string }>> = {
  Open: {
    title: 'Choose a name',
    explanation: 'Everyone can join this chat. Names are not verified.',
    button: 'Continue',
  },
  LambdaAuthorizer: {
    title: 'Sign in',
    explanation: 'With the username and the password that the administrator gave you.',
    button: 'Sign in',
  },
  AmazonCognito: {
    title: 'Sign in',
    explanation: 'With your account in the Amazon Cognito user pool.',
    button: 'Sign in',
  },
  Bearer: {
    title: 'Sign in with a token',
    explanation: 'Sign in to your identity provider, and paste the token that it gives you.',
    button: 'Sign in',
  },
  Session: { title: 'Sign in', explanation: 'With your account on this server.', button: 'Sign in' },
};

export function SignIn(props: { settings: Settings; onSignedIn: (visit: Visit) => void }) {
  const { settings, onSignedIn } = props;
  const [machine, setMachine] = useState<Machine>(settings.machine ?? { mode: 'Open', endpoint: '' });
  const [typed, setTyped] = useState<Typed>({ name: '', password: '' });
  const [question, setQuestion] = useState<Question | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | undefined>(undefined);
  const form = useRef<HTMLFormElement>(null);

  const enter = async (who: Typed, next: () => Promise<SignedIn | Question>) => {
    setBusy(true);
    setError(undefined);
    try {
      const step = await next();
      if ('ask' in step) {
        setQuestion(step);
        return;
      }
      // Momento's stubs are most of the page: they come when they are needed.
      const { Visit } = await import('../model/visit.ts');
      const visit = await Visit.begin(machine, settings, step);
      rememberSignIn(tabStorage, machine, who.name);
      onSignedIn(visit);
    } catch (cause) {
      setQuestion(undefined);
      setError(whyNotSignedIn(cause, machine.mode));
    } finally {
      setBusy(false);
    }
  };
  const begin = (who: Typed) => enter(who, () => signIn(machine, who));
  const demo = ({ username, password }: DemoUser) => {
    setTyped({ name: username, password });
    void begin({ name: username, password });
  };

  // Who was not let in types again: where, the keyboard knows.
  useEffect(() => {
    if (error === undefined) return;
    const password = form.current?.querySelector<HTMLInputElement>('input[type=password]');
    (password ?? form.current?.querySelector('input'))?.focus();
  }, [error]);

  const { title, explanation, button } = MODES[machine.mode];
  return (
    <main class="narrow">
      <header class="welcome">
        <Mark />
        <h1>Chat</h1>
        <p>Your browser connects directly to Momento, with a short-lived token that allows only this chat.</p>
      </header>
      <section class="card" aria-labelledby="mode">
        <h2 id="mode">{title}</h2>
        <p class="quiet">{explanation}</p>
        {error !== undefined && <Notice kind="error">{error}</Notice>}
        {question ? (
          <QuestionForm
            key={question.ask}
            question={question}
            busy={busy}
            onAnswer={(text) => enter(typed, () => question.answer(text))}
          />
        ) : (
          <form
            ref={form}
            aria-busy={busy}
            onSubmit={(event) => {
              event.preventDefault();
              void begin(typed);
            }}
          >
            {/* Each mode its own fields: one that is reused keeps limits of the one that it was. */}
            <Credentials key={machine.mode} mode={machine.mode} typed={typed} onChange={setTyped} />
            <button type="submit" class="primary" disabled={busy}>
              {busy ? 'One moment …' : button}
            </button>
          </form>
        )}
        {!question && settings.demoUsers && <DemoUsers users={settings.demoUsers} busy={busy} onChoose={demo} />}
      </section>
      {settings.machine === undefined && <MachineFields machine={machine} onChange={setMachine} />}
    </main>
  );
}

/** A keyboard on the screen would hide the page before anybody has read it. */
function hasKeyboard(): boolean {
  return matchMedia('(pointer: fine)').matches;
}

function Credentials(props: { mode: Machine['mode']; typed: Typed; onChange: (typed: Typed) => void }) {
  const { mode, typed, onChange } = props;
  const name = (value: string) => onChange({ ...typed, name: value });
  const password = (value: string) => onChange({ ...typed, password: value });
  switch (mode) {
    case 'Open':
      return (
        <Field
          label="Your name"
          hint="Leave it empty to stay unnamed."
          value={typed.name}
          autocomplete="nickname"
          maxLength={64}
          focused={hasKeyboard()}
          onInput={name}
        />
      );
    case 'Bearer':
      return (
        <Field
          label="Token"
          type="password"
          value={typed.password}
          autocomplete="off"
          required
          focused={hasKeyboard()}
          onInput={password}
        />
      );
    default:
      return (
        <>
          <Field
            label="Username"
            value={typed.name}
            autocomplete="username"
            required
            focused={hasKeyboard()}
            onInput={name}
          />
          <Field
            label="Password"
            type="password"
            value={typed.password}
            autocomplete="current-password"
            required
            onInput={password}
          />
        </>
      );
  }
}

function QuestionForm(props: { question: Question; busy: boolean; onAnswer: (text: string) => void }) {
  const { question, busy, onAnswer } = props;
  const [text, setText] = useState('');
  const kind =
    question.kind === 'code'
      ? ({ autocomplete: 'one-time-code', inputMode: 'numeric' } as const)
      : ({ autocomplete: 'new-password', type: 'password' } as const);
  return (
    <form
      aria-busy={busy}
      onSubmit={(event) => {
        event.preventDefault();
        onAnswer(text.trim());
      }}
    >
      <Field label={question.ask} value={text} required focused onInput={setText} {...kind} />
      <button type="submit" class="primary" disabled={busy}>
        {busy ? 'One moment …' : 'Continue'}
      </button>
    </form>
  );
}

function DemoUsers(props: { users: readonly DemoUser[]; busy: boolean; onChoose: (user: DemoUser) => void }) {
  return (
    <div class="demo">
      <h3>Or use a demo account</h3>
      <ul>
        {props.users.map((user) => (
          <li key={user.username}>
            <button type="button" disabled={props.busy} onClick={() => props.onChoose(user)}>
              <strong>{user.username}</strong>
              <span class="quiet">{user.groups.join(', ') || 'no group'}</span>
            </button>
          </li>
        ))}
      </ul>
      <p class="quiet">Demo accounts exist on this computer only. Open a second tab and sign in as someone else.</p>
    </div>
  );
}

/** A token that drops out of a slot. */
function Mark() {
  return (
    <svg class="mark" viewBox="0 0 48 48" aria-hidden="true">
      <rect x="6" y="6" width="36" height="36" rx="10" />
      <path d="M15 17h18" />
      <circle cx="24" cy="29" r="6" />
    </svg>
  );
}
