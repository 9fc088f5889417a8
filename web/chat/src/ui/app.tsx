/** The page: signing in, and then talking. */
import { useEffect, useState } from 'preact/hooks';
import { forgetSignIn, signedInBefore } from '../model/memory.ts';
import { readSettings, SettingsError } from '../model/read-settings.ts';
import type { Visit } from '../model/visit.ts';
import type { Settings } from '../settings.ts';
import { Conversation } from './conversation.tsx';
import { Notice } from './notice.tsx';
import { SignIn } from './sign-in.tsx';
import { tabStorage } from './tab.ts';

export function App() {
  const [settings, setSettings] = useState<Settings | Error | undefined>(undefined);
  const [visit, setVisit] = useState<Visit | undefined>(undefined);

  useEffect(() => {
    const begin = async () => {
      const settings = await readSettings(document.baseURI);
      setVisit(await visitBefore(settings));
      setSettings(settings);
    };
    begin().catch(setSettings);
  }, []);

  if (settings === undefined) return <main class="narrow" aria-busy="true" />;
  if (settings instanceof Error) {
    const why = settings instanceof SettingsError ? settings.message : 'This page could not start.';
    return (
      <main class="narrow">
        <Notice kind="error">{why} Contact the administrator of this page.</Notice>
      </main>
    );
  }
  if (!visit) return <SignIn settings={settings} onSignedIn={setVisit} />;
  const leave = () => {
    setVisit(undefined);
    forgetSignIn(tabStorage);
    history.replaceState(null, '', location.pathname + location.search);
    void visit.leave();
  };
  return <Conversation visit={visit} settings={settings} onLeave={leave} />;
}

/** Goes on where the page was before it was loaded again. Where that fails, one signs in anew. */
async function visitBefore(settings: Settings): Promise<Visit | undefined> {
  try {
    const signedIn = settings.machine && (await signedInBefore(tabStorage, settings.machine));
    if (!settings.machine || !signedIn) return undefined;
    const { Visit } = await import('../model/visit.ts');
    return await Visit.begin(settings.machine, settings, signedIn);
  } catch {
    forgetSignIn(tabStorage);
    return undefined;
  }
}
