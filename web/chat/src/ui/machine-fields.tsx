/** Which machine, where the page was not told: its mode and its address, as the deployment puts them out. */
import { useId } from 'preact/hooks';
import type { Machine } from '../settings.ts';
import { Field } from './field.tsx';

const MODES: readonly [Machine['mode'], string][] = [
  ['Open', 'Open'],
  ['LambdaAuthorizer', 'LambdaAuthorizer'],
  ['AmazonCognito', 'AmazonCognito'],
  ['Bearer', 'LambdaAuthorizer, kind = "jwt"'],
];

/** The machine of `mode` at `endpoint`, as the shipped configuration has it. */
function machineOf(mode: Machine['mode'], endpoint: string): Machine {
  switch (mode) {
    case 'LambdaAuthorizer':
      return { mode, endpoint, credentials: 'headers' };
    case 'AmazonCognito':
      return { mode, endpoint, userPoolId: '', clientId: '', tokenUse: 'id', flow: 'USER_SRP_AUTH' };
    case 'Bearer':
      return { mode, endpoint };
    default:
      return { mode: 'Open', endpoint };
  }
}

export function MachineFields(props: { machine: Machine; onChange: (machine: Machine) => void }) {
  const { machine, onChange } = props;
  const id = useId();
  return (
    <section class="card" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>The token vending machine</h2>
      <div class="field">
        <label for={id}>Mode</label>
        <select
          id={id}
          value={machine.mode}
          onChange={(event) => onChange(machineOf(event.currentTarget.value as Machine['mode'], machine.endpoint))}
        >
          {MODES.map(([mode, title]) => (
            <option key={mode} value={mode}>
              {title}
            </option>
          ))}
        </select>
      </div>
      <Field
        label="Endpoint"
        hint="The output Endpoint of the deployment."
        type="url"
        autocomplete="url"
        value={machine.endpoint}
        onInput={(endpoint) => onChange({ ...machine, endpoint })}
      />
      {machine.mode === 'AmazonCognito' && (
        <>
          <Field
            label="User pool"
            hint="The output UserPoolId."
            value={machine.userPoolId}
            onInput={(userPoolId) => onChange({ ...machine, userPoolId })}
          />
          <Field
            label="App client"
            hint="The output UserPoolClientId."
            value={machine.clientId}
            onInput={(clientId) => onChange({ ...machine, clientId })}
          />
        </>
      )}
    </section>
  );
}
