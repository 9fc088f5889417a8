/** The token and the topics: one of each for the page, made once. They ask for nothing until a component uses them. */
import { open, TokenSource, Topics } from '@token-vending-machine/client';

const { VITE_TOKEN_ENDPOINT: endpoint = '', VITE_MOMENTO_URL: momento } = import.meta.env;
const name = new URLSearchParams(location.search).get('name') ?? 'guest';

export const tokens = new TokenSource({ endpoint, access: open({ name }) });
/** `VITE_MOMENTO_URL` is for a local Momento; without it, the token says where Momento is. */
export const topics = new Topics(tokens, momento ? { momento } : {});
