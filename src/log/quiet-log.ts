import { LOG_ACTIONS, type Log, type LogFields } from './log-actions.js';

const PAUSE_MS = 60_000;

/**
 * The same log, where a line that an outage repeats (`repeats` in log-actions.ts) is said once a minute for each reason, with the
 * number `kept` back since: a thousand mails whose delivery fails alike, or connections that break every second, would bury all else.
 * What is kept back still goes out at level debug, so that a mail can be followed there.
 */
export function quietLog(log: Log): Log {
  const said = new Map<string, { at: number; kept: number }>();

  const say = (level: 'info' | 'warn' | 'error', fields: LogFields, message: string): void => {
    if (!('repeats' in LOG_ACTIONS[fields.action])) {
      log[level](fields, message);
      return;
    }
    const now = Date.now();
    for (const [key, { at }] of said) if (now - at >= 2 * PAUSE_MS) said.delete(key);
    // Of two mailboxes that are down for the same reason both are named.
    const key = `${fields.action} ${fields.mailbox} ${fields.reason}`;
    const last = said.get(key);
    if (last && now - last.at < PAUSE_MS) {
      last.kept += 1;
      log.debug(fields, message);
      return;
    }
    said.set(key, { at: now, kept: 0 });
    log[level](last && last.kept > 0 ? { ...fields, kept: last.kept } : fields, message);
  };

  return {
    debug: (fields, message) => log.debug(fields, message),
    info: (fields, message) => say('info', fields, message),
    warn: (fields, message) => say('warn', fields, message),
    error: (fields, message) => say('error', fields, message),
  };
}
