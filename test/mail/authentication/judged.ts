import { type Authentication, authenticationOf, type Trust } from '../../../src/mail/authentication.js';
import { parseMail } from '../../../src/mail/parse.js';

export const trust: Trust = { authservIds: ['mx.acme.test'], relays: [] };
export const at = '; Mon, 2 Mar 2026 09:00:00 +0000';
export const received = `Received: from client.example (client.example [192.0.2.1])\r\n\tby mx.acme.test (Postfix) with ESMTPS id 1${at}`;
export const lmtp = `Received: from mx.acme.test ([10.0.0.1]) by imap.acme.test with LMTP id 2${at}`;
export const theirs = `Received: from laptop.example by smtp.example.com with ESMTPSA id 3${at}`;
export const pass = 'Authentication-Results: mx.acme.test; dmarc=pass (p=none) header.from=example.com';
export const from = 'From: Ann <ann@example.com>';

export const results = (clauses: string, id = 'mx.acme.test') => `Authentication-Results: ${id}; ${clauses}`;

/** Judges the mail of these header lines; the bytes are as they stand here, one a character. */
export async function judged(lines: readonly string[], trusted = trust): Promise<Authentication> {
  return authenticationOf(await parseMail(Buffer.from([...lines, '', 'Hello'].join('\r\n'), 'latin1')), trusted);
}

/** What the server above its own Received line says of a mail from example.com. */
export const verdictOf = async (clauses: string, author = from) =>
  (await judged([results(clauses), received, author])).verdict;
