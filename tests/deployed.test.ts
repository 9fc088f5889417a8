/** The deployed machine in every mode, over HTTP, on an emulator of the tests' own. */
import { after, before } from 'node:test';
import { everyBehaviour } from './behaviours.ts';
import { STACKS, startMachines, stopMachines } from './support/machines.ts';

before(() => startMachines({ dir: 'test', stacks: STACKS }));
after(stopMachines);

everyBehaviour();
