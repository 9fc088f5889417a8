import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Room } from './room.tsx';

const element = document.getElementById('app');
if (element === null) throw new Error('index.html has no element "app"');
createRoot(element).render(
  <StrictMode>
    <Room />
  </StrictMode>,
);
