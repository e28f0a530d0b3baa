/** The look-alike as a process of its own: `tsx demo/helpdesk/main.ts --port 8089 --token secret`. */
import { parseArgs } from 'node:util';
import { startLookAlike } from './look-alike.js';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8089' },
    host: { type: 'string', default: '127.0.0.1' },
    token: { type: 'string', default: 'demo' },
    /** An agent's address; may stand more than once. */
    agent: { type: 'string', multiple: true, default: [] },
    /** `id:name` or `id:name:required`; may stand more than once. */
    field: { type: 'string', multiple: true, default: [] },
    /** Without the endpoints that only newer servers have. */
    old: { type: 'boolean', default: false },
    /** Milliseconds that every request takes. */
    delay: { type: 'string', default: '0' },
  },
});

const helpdesk = await startLookAlike({
  port: Number(values.port),
  host: values.host,
  token: values.token,
  agents: values.agent,
  newer: !values.old,
  delayMs: Number(values.delay),
  fields: values.field.map((setup) => {
    const [id = '', name = `Field ${id}`, required] = setup.split(':');
    return { id, name, required: required === 'required' };
  }),
});
console.log(`tickets: ${helpdesk.url}\nHELPDESK_URL=${helpdesk.apiUrl}`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void helpdesk.close());
