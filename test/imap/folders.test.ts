import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Mark, parseMark, prepareFolders } from '../../src/imap/folders.js';
import { startDovecot, type TestDovecot } from '../services/dovecot.js';

const fresh: Mark = { uidValidity: '77', uidNext: 12, date: new Date('2026-11-24T08:00:00.000Z') };

describe('the mark in the note', () => {
  const line = 'X-Mail2Ticket-Mark: uidvalidity=77; uidnext=12; date=2026-11-24T08:00:00.000Z; folder=INBOX';

  it.each([
    ['as it was written', line],
    ['folded by a server', line.replace('; date', ';\r\n date')],
    ['among other fields', `Subject: x\r\n${line}\r\n\r\n`],
  ])('is read %s', (_, text) => {
    expect(parseMark(text, 'INBOX')).toEqual(fresh);
  });

  it.each([
    ['of another folder', line, 'Archive'],
    ['without its date', line.replace(/date=[^;]*/, ''), 'INBOX'],
    ['with a number that is none', line.replace('12', 'twelve'), 'INBOX'],
    ['where there is none', '', 'INBOX'],
  ])('is none %s', (_, text, folder) => {
    expect(parseMark(text, folder)).toBeNull();
  });
});

describe('our folders', () => {
  let dovecot: TestDovecot;
  beforeAll(async () => {
    dovecot = await startDovecot();
  });
  afterAll(() => dovecot?.stop());

  it('are made at the first start, with a note for people that keeps the mark for every later start', async () => {
    const imap = await dovecot.client('first@acme.test');
    const first = await prepareFolders(imap, 'INBOX', fresh, null);
    expect(first).toEqual({
      paths: { Processed: 'Mail2Ticket/Processed', Ignored: 'Mail2Ticket/Ignored', Failed: 'Mail2Ticket/Failed' },
      mark: fresh,
    });
    const later = await prepareFolders(imap, 'INBOX', { ...fresh, uidNext: 999 }, null);
    expect(later.mark).toEqual(fresh);
    await imap.mailboxOpen('Mail2Ticket');
    const [note] = await imap.fetchAll('1', { source: true });
    expect(note?.source?.toString()).toMatch(/Please keep this note/);
    await imap.logout();
  });

  it('are others for each watched folder of an account, so that each has a mark of its own', async () => {
    const imap = await dovecot.client('several@acme.test');
    await prepareFolders(imap, 'INBOX', fresh, null);
    const other = { ...fresh, uidNext: 3 };
    expect(await prepareFolders(imap, 'Shared/Billing', other, null)).toEqual({
      paths: {
        Processed: 'Mail2Ticket/Shared/Billing/Processed',
        Ignored: 'Mail2Ticket/Shared/Billing/Ignored',
        Failed: 'Mail2Ticket/Shared/Billing/Failed',
      },
      mark: other,
    });
    expect((await prepareFolders(imap, 'INBOX', { ...fresh, uidNext: 99 }, null)).mark).toEqual(fresh);
    await imap.logout();
  });

  it('are finished by the next start where a crash came before the note', async () => {
    const imap = await dovecot.client('crash@acme.test');
    await imap.mailboxCreate('Mail2Ticket');
    expect((await prepareFolders(imap, 'INBOX', fresh, null)).mark).toEqual(fresh);
    await imap.logout();
  });

  it('give no mark where they stand and the note is gone, unless this process knows it still', async () => {
    const imap = await dovecot.client('gone@acme.test');
    await prepareFolders(imap, 'INBOX', fresh, null);
    await imap.mailboxOpen('Mail2Ticket');
    await imap.messageDelete('1:*');
    await imap.mailboxClose();
    expect((await prepareFolders(imap, 'INBOX', fresh, null)).mark).toBeNull();
    const known: Mark = { ...fresh, uidNext: 5 };
    expect((await prepareFolders(imap, 'INBOX', fresh, known)).mark).toEqual(known);
    expect((await prepareFolders(imap, 'INBOX', fresh, null)).mark).toEqual(known);
    await imap.logout();
  });

  it('give no mark where only a name is left of the one that held the note', async () => {
    const imap = await dovecot.client('name@acme.test');
    // Dovecot lists the parent as one that is not there.
    for (const folder of ['Processed', 'Ignored', 'Failed']) await imap.mailboxCreate(`Mail2Ticket/${folder}`);
    expect((await prepareFolders(imap, 'INBOX', fresh, null)).mark).toBeNull();
    expect((await prepareFolders(imap, 'INBOX', fresh, fresh)).mark).toEqual(fresh);
    await imap.logout();
  });

  it('are made again where somebody deleted them, without taking the mail that came since for old', async () => {
    const imap = await dovecot.client('deleted@acme.test');
    const { mark } = await prepareFolders(imap, 'INBOX', fresh, null);
    for (const folder of ['Processed', 'Ignored', 'Failed']) await imap.mailboxDelete(`Mail2Ticket/${folder}`);
    await imap.mailboxDelete('Mail2Ticket');
    expect((await prepareFolders(imap, 'INBOX', { ...fresh, uidNext: 999 }, mark)).mark).toEqual(fresh);
    await imap.logout();
  });

  it('follow the earlier of two notes, so that no mail falls between two first starts', async () => {
    const imap = await dovecot.client('two@acme.test');
    await prepareFolders(imap, 'INBOX', { ...fresh, uidNext: 20, date: new Date('2026-11-24T09:00:00.000Z') }, null);
    await imap.mailboxOpen('Mail2Ticket');
    await imap.messageMove('1:*', 'INBOX');
    for (const folder of ['Processed', 'Ignored', 'Failed']) await imap.mailboxDelete(`Mail2Ticket/${folder}`);
    await prepareFolders(imap, 'INBOX', fresh, null);
    await imap.mailboxOpen('INBOX');
    await imap.messageMove('1:*', 'Mail2Ticket');
    expect((await prepareFolders(imap, 'INBOX', fresh, null)).mark).toEqual(fresh);
    await imap.logout();
  });
});
