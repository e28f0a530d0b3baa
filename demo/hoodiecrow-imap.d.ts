declare module 'hoodiecrow-imap' {
  import type { EventEmitter } from 'node:events';

  interface Mailbox {
    uidvalidity: number;
  }

  /** An IMAP server in the process, its mail in memory. */
  interface HoodiecrowServer {
    readonly server: import('node:net').Server;
    listen(port: number, host: string, callback: () => void): void;
    close(callback?: () => void): void;
    /** @param raw one character a byte: other strings corrupt 8-bit mail, and of a Buffer nothing is found again */
    appendMessage(mailbox: string, flags: string[], internalDate: Date | false, raw: string): unknown;
  }

  export default function hoodiecrow(options: {
    plugins: string[];
    users: Record<string, { password: string }>;
    storage: Record<string, Partial<Mailbox> & { separator?: string; type?: 'personal' }>;
  }): HoodiecrowServer & EventEmitter;
}
