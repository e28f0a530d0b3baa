import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LookAlike, type LookAlikeOptions, startLookAlike } from '../../demo/helpdesk/look-alike.js';
import { loadConfig } from '../../src/config/config.js';
import { createLogger } from '../../src/log/logger.js';
import { type Service, startService } from '../../src/service/service.js';
import { type DovecotOptions, startDovecot, type TestDovecot } from './dovecot.js';
import { startRedis } from './redis.js';
import { until } from './until.js';

const USER = 'support@acme.test';
export const TOKEN = 'token-of-the-tests';

type LogLine = Readonly<Record<string, unknown>> & { readonly action?: string };

export interface RunningService extends Service {
  /** All its log lines so far. */
  readonly log: readonly LogLine[];
}

/** A mailbox, a queue's store and a helpdesk, all of them real but the last, for services to be started on. */
export interface Rig {
  readonly dovecot: TestDovecot;
  readonly helpdesk: LookAlike;
  /** The settings a service gets, with these changes. */
  environment(settings?: Readonly<Record<string, string>>): Record<string, string>;
  /** Starts a service in this process. */
  launch(settings?: Readonly<Record<string, string>>): Promise<RunningService>;
  /** The same, and waits until it watches the mailbox. */
  start(settings?: Readonly<Record<string, string>>): Promise<RunningService>;
  deliver(raw: string): Promise<void>;
  /** Subjects in a folder, in the order of their arrival there; `Processed` means `Mail2Ticket/Processed`. */
  subjects(folder: 'INBOX' | 'Processed' | 'Ignored' | 'Failed'): Promise<string[]>;
  /** Waits until these subjects stand in the folder. */
  filed(folder: 'INBOX' | 'Processed' | 'Ignored' | 'Failed', ...subjects: string[]): Promise<void>;
  /** Moves all mail of a folder, as a person in a webmail does. */
  move(from: string, to: string): Promise<void>;
  close(): Promise<void>;
}

export type Store = 'redis' | 'embedded';

/** A place of its own for a queue. */
export async function openStore(
  store: Store,
): Promise<{ url: string; restart(): Promise<void>; close(): Promise<void> }> {
  if (store === 'redis') {
    const redis = await startRedis();
    return { url: redis.url, restart: () => redis.restart(), close: () => redis.stop() };
  }
  const directory = await mkdtemp(join(tmpdir(), 'mail2ticket-embedded-'));
  const restart = () => Promise.reject(new Error('the embedded store lives and dies with its process'));
  return { url: `embedded:${directory}`, restart, close: () => rm(directory, { recursive: true, force: true }) };
}

/** @param queue the URL of a store, or the kind of one that the rig is to have for itself */
export async function startRig(
  queue: string,
  helpdeskOptions: Partial<LookAlikeOptions> = {},
  dovecotOptions: DovecotOptions = {},
): Promise<Rig> {
  const own = queue === 'redis' || queue === 'embedded' ? await openStore(queue) : null;
  const dovecot = await startDovecot(dovecotOptions);
  const helpdesk = await startLookAlike({ token: TOKEN, ...helpdeskOptions });
  const services: Service[] = [];
  const pathOf = (folder: string) => (folder === 'INBOX' ? folder : `Mail2Ticket/${folder}`);
  const subjects = async (folder: string) => (await dovecot.list(USER, pathOf(folder))).map(({ subject }) => subject);
  const environment = (settings = {}) => ({
    HELPDESK_URL: helpdesk.apiUrl,
    HELPDESK_TOKEN: TOKEN,
    ...dovecot.settings(USER),
    QUEUE_URL: own?.url ?? queue,
    LOG_LEVEL: 'debug',
    HELPDESK_SETTLE_SECONDS: '1',
    ...settings,
  });
  const launch = async (settings?: Readonly<Record<string, string>>) => {
    const log: LogLine[] = [];
    const logger = createLogger('debug', { write: (line) => void log.push(JSON.parse(line)) });
    const service = await startService(loadConfig(environment(settings)), logger, new AbortController().signal);
    services.push(service);
    return Object.assign(service, { log });
  };
  return {
    dovecot,
    helpdesk,
    environment,
    launch,
    async start(settings) {
      const service = await launch(settings);
      await until('the mailbox is watched', () => service.log.find(({ action }) => action === 'mailbox.watched'));
      return service;
    },
    deliver: (raw) => dovecot.deliver(USER, raw),
    subjects,
    async filed(folder, ...expected) {
      let standing: string[] = [];
      await until(`${expected.join(', ')} in ${folder}`, async () => {
        standing = await subjects(folder);
        return expected.every((subject) => standing.includes(subject));
      }).catch((error: Error) => {
        throw new Error(`${error.message}; there stands: ${standing.join(', ')}`);
      });
    },
    async move(from, to) {
      const imap = await dovecot.client(USER);
      await imap.mailboxOpen(pathOf(from));
      await imap.messageMove('1:*', pathOf(to));
      await imap.logout();
    },
    async close() {
      for (const service of services) await service.stop();
      await helpdesk.close();
      await dovecot.stop();
      await own?.close();
    },
  };
}

/** A From whose ENVELOPE is more than can be read. */
export const crowd = Array.from({ length: 100_000 }, (_, i) => `u${i}@example${i}.com`).join(',\n ');

let serial = 0;

/** A raw mail with a Message-ID of its own; `headers` come first, so that they may replace what would be there. */
export function mail(fields: { from?: string; subject: string; body?: string; headers?: string[] }): string {
  const {
    from = 'Ann Example <ann@example.com>',
    subject,
    body = 'Hello,\n\nmy printer is on fire.\n',
    headers = [],
  } = fields;
  serial += 1;
  const own = [
    `From: ${from}`,
    `To: ${USER}`,
    `Subject: ${subject}`,
    `Message-ID: <${serial}.${process.pid}@example.com>`,
    'Date: Tue, 24 Nov 2026 08:00:00 +0000',
  ];
  const given = new Set(headers.map((header) => header.split(':')[0]));
  return [...headers, ...own.filter((header) => !given.has(header.split(':')[0])), '', body].join('\n');
}
