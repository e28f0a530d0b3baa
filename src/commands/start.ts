import { loadConfig } from '../config/config.js';
import { warningLine } from '../config/config-warning.js';
import type { Sources } from '../config/sources.js';
import { crashOf } from '../crash.js';
import { createLogger } from '../log/logger.js';
import { isLoopback } from '../loopback.js';
import { addressOf } from '../queue/store.js';
import { type Role, startService } from '../service/service.js';
import { ownVersion } from '../version.js';

/** What is left to the parts for ending by themselves; after it the process ends as if it had been killed, which loses nothing. */
const STOP_LIMIT_MS = 9500;

/**
 * Runs the service until it is told to stop.
 * @returns the exit code
 * @throws ConfigError before anything is started; PortUnavailableError
 */
export async function startCommand(sources: Sources, role: Role): Promise<number> {
  const config = loadConfig(sources.environment);
  const log = createLogger(config.logLevel);
  // Node would print the error with all that libraries hang on it: commands with the password, or with a mail.
  process.on('uncaughtException', (error) => {
    log.error(
      { action: 'service.crashed', ...crashOf(error) },
      'a fault of mail2ticket or of a library ends the process',
    );
    process.exit(1);
  });
  const stopping = new AbortController();
  const stopped = new Promise<void>((resolve) => {
    const onSignal = (signal: NodeJS.Signals) => {
      // A second signal means now.
      if (stopping.signal.aborted) process.exit(1);
      log.info({ action: 'service.stopping', signal }, 'stopping');
      stopping.abort();
      setTimeout(() => {
        log.error({ action: 'service.cut' }, 'a part did not end in time; the process ends without it');
        process.exit(1);
      }, STOP_LIMIT_MS).unref();
      resolve();
    };
    process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  });
  for (const warning of sources.warnings)
    log.warn({ action: 'config.warning', setting: warning.variable }, warningLine(warning));
  for (const { imap } of config.mailboxes) {
    if (imap.tls !== 'none' || isLoopback(imap.host)) continue;
    log.warn({ action: 'config.warning', setting: 'IMAP_TLS' }, 'IMAP_TLS=none sends the password in clear text');
  }
  const mailboxes = config.mailboxes.map(({ imap }) => imap.mailbox);
  log.info(
    {
      action: 'service.starting',
      version: ownVersion(),
      role,
      mailboxes,
      helpdesk: config.helpdesk.url,
      queue: addressOf(config.queue.url),
      port: config.http.port,
      dotenv: sources.file.isThere ? sources.file.path : null,
    },
    'starting',
  );
  try {
    const service = await startService(config, log, stopping.signal, role);
    await stopped;
    await service.stop();
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
  }
  log.info({ action: 'service.stopped' }, 'stopped');
  return 0;
}
