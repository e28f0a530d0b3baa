import type { FastifyError, FastifyPluginAsync } from 'fastify';
import { z } from 'zod';
import { MAX_INDEXED_CHARACTERS, MAX_MAILS_LISTED, MAX_PAGE_REQUEST_BYTES } from '../../limits.js';
import { lookUpRefusals, mailStates } from '../../mail/mail-record.js';
import { RequestRefusedError } from './access.js';
import type { MailDesk } from './ports.js';

/** How long a search waits until the whole ledger has been read, in ms. */
const PATIENCE_MS = 60_000;

const query = z.object({
  state: z.enum(mailStates).nullable().default(null),
  search: z.string().max(MAX_INDEXED_CHARACTERS).default(''),
  limit: z.coerce.number().int().min(1).max(MAX_MAILS_LISTED).default(20),
  offset: z.coerce.number().int().min(0).default(0),
});

const retry = z.object({ ids: z.union([z.array(z.string().max(64)), z.literal('all')]) });

/**
 * The same as the page for programs: `GET /mails`, `GET /mails/ID`, `POST /mails/retry`, all JSON. A POST takes JSON only, which
 * no form of another site can send.
 */
export function serveApi(
  desk: () => MailDesk,
  told: (error: FastifyError) => { status: number; message: string },
): FastifyPluginAsync {
  return async (app) => {
    app.removeContentTypeParser('text/plain');
    app.setErrorHandler<FastifyError>((error, _request, reply) => {
      const { status, message } = told(error);
      return reply.code(status).send({ error: message });
    });

    app.get('/mails', async (request) => {
      const { data } = query.safeParse(request.query);
      if (!data) throw new RequestRefusedError(400, 'The query is not one that is understood.');
      return desk().list(data, PATIENCE_MS);
    });

    app.get<{ Params: { id: string } }>('/mails/:id', async (request, reply) => {
      const mail = await desk().find(request.params.id);
      return typeof mail === 'string' ? reply.code(404).send({ error: lookUpRefusals[mail], why: mail }) : mail;
    });

    app.post('/mails/retry', { bodyLimit: MAX_PAGE_REQUEST_BYTES }, async (request) => {
      const { data } = retry.safeParse(request.body);
      if (!data) throw new RequestRefusedError(400, 'The body names no mails.');
      return desk().retry(data.ids);
    });
  };
}
