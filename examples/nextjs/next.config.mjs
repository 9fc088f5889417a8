import { fileURLToPath } from 'node:url';

/** @type {import('next').NextConfig} */
const config = {
  reactStrictMode: true,
  // Without it, Next.js takes the lock file of the repository above for this app's.
  turbopack: { root: fileURLToPath(new URL('.', import.meta.url)) },
};
export default config;
