/** The page: signing in, and then talking. */
import { useEffect, useState } from 'preact/hooks';
import { readSettings, SettingsError } from '../model/read-settings.ts';
import type { Visit } from '../model/visit.ts';
import type { Settings } from '../settings.ts';
import { Conversation } from './conversation.tsx';
import { Notice } from './notice.tsx';
import { SignIn } from './sign-in.tsx';

export function App() {
  const [settings, setSettings] = useState<Settings | Error | undefined>(undefined);
  const [visit, setVisit] = useState<Visit | undefined>(undefined);

  useEffect(() => {
    readSettings(document.baseURI).then(setSettings, setSettings);
  }, []);

  if (settings === undefined) return <main class="narrow" aria-busy="true" />;
  if (settings instanceof Error) {
    const why = settings instanceof SettingsError ? settings.message : 'This page could not start.';
    return (
      <main class="narrow">
        <Notice kind="error">{why} Tell whoever runs this page.</Notice>
      </main>
    );
  }
  if (!visit) return <SignIn settings={settings} onSignedIn={setVisit} />;
  const leave = () => {
    setVisit(undefined);
    void visit.leave();
  };
  return <Conversation visit={visit} settings={settings} onLeave={leave} />;
}
