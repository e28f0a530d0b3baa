/** An IMAP session as the server's log tells of it. */
export interface Session {
  /** Ms since 1970, with fractions. */
  readonly loggedInAt: number;
  /** Bytes that the server sent; null while it lasts. */
  readonly bytesSent: number | null;
}

/** The sessions of a user in Dovecot's log, in the order of their log-ins. */
export function sessionsOf(log: string, user: string): Session[] {
  const sent = new Map<string, number>();
  const lines = log.split('\n');
  for (const line of lines) {
    const [, who, id, bytes] = /imap\(([^)]*)\)<\d+><([^>]+)>: Info: Disconnected.* out=(\d+)/.exec(line) ?? [];
    if (who === user && id) sent.set(id, Number(bytes));
  }
  return lines.flatMap((line) => {
    const [, seconds, who, id] =
      /^(\d+\.\d+) imap-login: Info: Login: user=<([^>]*)>.* session=<([^>]+)>/.exec(line) ?? [];
    return who === user && id ? [{ loggedInAt: Number(seconds) * 1000, bytesSent: sent.get(id) ?? null }] : [];
  });
}
