import type { DayCount, LookUpRefusal, MailList, MailQuery, MailRecord, RetryReport } from '../../mail/mail-record.js';

/** What an operator asks about mails, and does. Every call rejects with QueueUnavailableError while the store is away. */
export interface MailDesk {
  /** @param waitMs how long a search may wait until the whole ledger has been read */
  list(query: MailQuery, waitMs: number): Promise<MailList>;
  /** @param waitMs how long it may take until all of the day has been read */
  day(waitMs: number): Promise<DayCount>;
  counts(): Promise<{ readonly underWay: number; readonly failed: number }>;
  /** By its id or the beginning of it. */
  find(id: string): Promise<MailRecord | LookUpRefusal>;
  /**
   * Moves failed mails back into the watched folder, where they are tried again.
   * @throws MailboxUnavailableError, MailboxRefusedError
   */
  retry(ids: readonly string[] | 'all'): Promise<RetryReport>;
}
