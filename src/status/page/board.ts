import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import type { FastifyInstance } from 'fastify';
import { RequestRefusedError } from './access.js';
import { BOARD_HEADERS } from './headers.js';

type AdapterQueue = ConstructorParameters<typeof BullMQAdapter>[0];

/** A queue of BullMQ, whatever its store: bull-board's types know Redis only, the board itself knows PostgreSQL too. */
export type BoardQueue = Pick<AdapterQueue, 'name' | 'getJobCounts'>;

const PATH = '/queues';

/**
 * The engine room: BullMQ's jobs as they are, at /queues. For looking only: a job that is deleted or retried there would part
 * the ledger from the mailbox.
 * @returns adds the queue once it is open
 */
export function serveBoard(app: FastifyInstance): (queue: BoardQueue) => void {
  const adapter = new FastifyAdapter().setBasePath(PATH);
  const board = createBullBoard({
    queues: [],
    serverAdapter: adapter,
    options: { uiConfig: { boardTitle: 'mail2ticket', hideRedisDetails: true } },
  });
  app.register(
    async (scope) => {
      scope.addHook('onRequest', async (request, reply) => {
        if (request.method !== 'GET' && request.method !== 'HEAD') {
          throw new RequestRefusedError(405, 'The engine room is for looking only.');
        }
        await reply.helmet(BOARD_HEADERS);
      });
      await scope.register(adapter.registerPlugin());
    },
    { prefix: PATH },
  );
  return (queue) => board.addQueue(new BullMQAdapter(queue as AdapterQueue, { readOnlyMode: true }));
}
