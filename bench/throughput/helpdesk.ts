import { resolve } from 'node:path';
import { z } from 'zod';
import { freePort, startServer } from '../../test/services/private-server.js';

const calls = z.object({ calls: z.array(z.object({ endpoint: z.string(), at: z.number() })) });
const tickets = z.object({ tickets: z.array(z.object({ subject: z.string() })) });

const TOKEN = 'bench';

/** The look-alike as a process of its own, whose clock says when a ticket was made. */
export interface Helpdesk {
  readonly settings: { readonly HELPDESK_URL: string; readonly HELPDESK_TOKEN: string };
  pid(): number;
  /** When each request to make a ticket came since the last `forget()`, refused ones among them, ms since 1970. */
  madeAt(): Promise<number[]>;
  /** The same by subject. */
  madeBySubject(): Promise<Map<string, number>>;
  /** Begins to count anew. */
  forget(): Promise<void>;
  stop(): Promise<void>;
}

/** @param delayMs what every request takes */
export async function startHelpdesk(delayMs: number): Promise<Helpdesk> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const flags = ['--port', String(port), '--token', TOKEN, '--delay', String(delayMs)];
  const server = await startServer({
    program: process.execPath,
    args: ['--import', 'tsx', resolve('demo/helpdesk/main.ts'), ...flags],
    install: 'Node.js',
    ready: async () => (await fetch(`${url}/_calls`)).ok,
  });
  // Asked for only what is new: a list of 20,000 calls a few times a second would be a load of its own.
  let seen = 0;
  let made: number[] = [];
  let ticketsBefore = 0;
  const madeAt = async () => {
    const answer = calls.parse(await (await fetch(`${url}/_calls?from=${seen}`)).json());
    seen += answer.calls.length;
    made.push(...answer.calls.filter(({ endpoint }) => endpoint === 'tickets_create.php').map(({ at }) => at));
    return made;
  };
  const ticketsSince = async () =>
    tickets.parse(await (await fetch(`${url}/_tickets?from=${ticketsBefore}`)).json()).tickets;
  return {
    settings: { HELPDESK_URL: `${url}/api/`, HELPDESK_TOKEN: TOKEN },
    pid: server.pid,
    madeAt,
    async madeBySubject() {
      const times = await madeAt();
      const all = await ticketsSince();
      if (all.length !== times.length) throw new Error(`${times.length} requests made ${all.length} tickets`);
      return new Map(all.map(({ subject }, index) => [subject, times[index] ?? Number.NaN]));
    },
    async forget() {
      await madeAt();
      made = [];
      // Counted by the tickets: of the naive loop's requests some are refused, as a real mail without a subject is.
      ticketsBefore += (await ticketsSince()).length;
    },
    stop: server.stop,
  };
}
