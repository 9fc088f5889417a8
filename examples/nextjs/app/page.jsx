// Rendered on the server for each request: the addresses are those of where it runs, and not of where it was built.
import { connection } from 'next/server';
import { Room } from './room.jsx';

export default async function Page({ searchParams }) {
  await connection();
  const { name = 'guest' } = await searchParams;
  const { TOKEN_ENDPOINT: endpoint = '', MOMENTO_URL: momento } = process.env;
  return <Room endpoint={endpoint} momento={momento} name={String(name)} />;
}
