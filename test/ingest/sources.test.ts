import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ArgumentError } from '../../src/errors.js';
import { openSource } from '../../src/ingest/sources.js';
import { MAX_INGESTED_BYTES } from '../../src/limits.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mail2ticket-ingest-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function mailsAt(path: string): Promise<string[]> {
  const texts: string[] = [];
  for await (const { bytes } of (await openSource(path)).mails()) {
    texts.push(Buffer.from(bytes).toString('latin1'));
  }
  return texts;
}

async function file(name: string, content: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, content, 'latin1');
  return path;
}

describe('an mbox file', () => {
  it('gives its mails in their order, as an IMAP server would have them', async () => {
    const path = await file(
      'two.mbox',
      'From ann@example.com Tue Nov 24 08:00:00 2026\nSubject: one\n\nGr\xfc\xdfe\n>From here on\n>>From there\n\n' +
        'From - Tue Nov 24 08:00:00 2026\r\nSubject: two\r\n\r\nHello\r\n',
    );
    expect(await mailsAt(path)).toEqual([
      'Subject: one\r\n\r\nGr\xfc\xdfe\r\nFrom here on\r\n>From there\r\n',
      'Subject: two\r\n\r\nHello\r\n',
    ]);
  });

  it('keeps the beginning of a mail that is larger than the bound, and all of the next', async () => {
    // The separator after it falls on the border of two reads.
    const border = MAX_INGESTED_BYTES + 4 * 256 * 1024;
    for (const split of [1, 5]) {
      const large = `From a\nSubject: large\n\n${'x'.repeat(1023)}\n`.padEnd(border - split, `${'x'.repeat(63)}\n`);
      const [first = '', second] = await mailsAt(
        await file('large.mbox', `${large}\nFrom b\nSubject: after it\n\nHello\n`),
      );
      expect(first.slice(0, 16)).toBe('Subject: large\r\n');
      expect(first.replaceAll('\r', '').length).toBeLessThanOrEqual(MAX_INGESTED_BYTES);
      expect(second).toBe('Subject: after it\r\n\r\nHello\r\n');
    }
  });

  it('may be empty', async () => {
    expect(await mailsAt(await file('empty.mbox', ''))).toEqual([]);
  });
});

describe('a file that holds a single mail', () => {
  it('is known by its name even where it begins like an mbox', async () => {
    const text = 'From ann@example.com Tue Nov 24 08:00:00 2026\r\nSubject: one\r\n\r\nHello\r\nFrom here on\r\n';
    expect(await mailsAt(await file('one.eml', text))).toEqual([text]);
    expect(await mailsAt(await file('one.EML', text))).toHaveLength(1);
  });

  it('is read up to the bound, and its size told', async () => {
    const path = await file('large.eml', 'Subject: large\r\n\r\n'.padEnd(MAX_INGESTED_BYTES + 10, 'x'));
    for await (const { bytes, sizeBytes } of (await openSource(path)).mails()) {
      expect({ kept: bytes.length, sizeBytes }).toEqual({
        kept: MAX_INGESTED_BYTES,
        sizeBytes: MAX_INGESTED_BYTES + 10,
      });
    }
  });
});

describe('a Maildir', () => {
  it('gives its mails oldest first, whether a mail program has seen them or not', async () => {
    const maildir = join(directory, 'Maildir');
    for (const name of ['new', 'cur', 'tmp', '.Sent/cur', '.Sent/new']) {
      await mkdir(join(maildir, name), { recursive: true });
    }
    await file('Maildir/cur/1700000200.M1P1.host:2,S', 'Subject: second\n\n');
    await file('Maildir/new/1700000300.M1P1.host', 'Subject: third\n\n');
    await file('Maildir/cur/900000000.M1P1.host:2,', 'Subject: first\n\n');
    await file('Maildir/tmp/1700000400.M1P1.host', 'Subject: half written');
    await file('Maildir/.Sent/cur/1700000500.M1P1.host', 'Subject: sent');
    expect(await mailsAt(maildir)).toEqual(
      ['first', 'second', 'third'].map((subject) => `Subject: ${subject}\r\n\r\n`),
    );
  });

  it('loses no mail that a mail program marks meanwhile, and takes none twice', async () => {
    const maildir = join(directory, 'busy');
    for (const name of ['new', 'cur']) await mkdir(join(maildir, name), { recursive: true });
    for (const second of [1, 2, 3]) await file(`busy/new/${second}.host`, `Subject: ${second}\n\n`);
    const subjects: string[] = [];
    for await (const { bytes } of (await openSource(maildir)).mails()) {
      subjects.push(Buffer.from(bytes).toString().trim());
      if (subjects.length > 1) continue;
      await rename(join(maildir, 'new/1.host'), join(maildir, 'cur/1.host:2,S'));
      await rename(join(maildir, 'new/3.host'), join(maildir, 'cur/3.host:2,S'));
    }
    expect(subjects).toEqual(['Subject: 1', 'Subject: 2', 'Subject: 3']);
  });
});

describe('a folder of .eml files', () => {
  it('gives them by name, and nothing else that lies there', async () => {
    await mkdir(join(directory, 'export', 'more.eml'), { recursive: true });
    await file('export/2.EML', 'Subject: second\n\n');
    await file('export/1.eml', 'Subject: first\n\n');
    await file('export/notes.txt', 'Notes');
    expect(await mailsAt(join(directory, 'export'))).toEqual(['Subject: first\r\n\r\n', 'Subject: second\r\n\r\n']);
    expect((await openSource(join(directory, 'export'))).bytes).toBe(33);
  });

  it('is taken whole though one of them begins like no mail: the name says that it is one, however broken', async () => {
    await mkdir(join(directory, 'mixed'));
    await file('mixed/1.eml', 'Subject: first\n\n');
    await file('mixed/2.eml', '(lost)\nSubject: second\n\n');
    expect(await mailsAt(join(directory, 'mixed'))).toHaveLength(2);
  });
});

describe('what cannot be ingested', () => {
  it.each([
    ['garbage', 'notmail.bin', '\0\x01\nX: y\n'],
    ['a text', 'notes.txt', 'From here on\nnothing is a mail.\n'],
    ['JSON', 'mail.json', '{"subject":"Hello"}'],
  ])('is %s, which begins with no field of a header', async (_, name, content) => {
    await expect(openSource(await file(name, content))).rejects.toThrow(
      new ArgumentError(
        `${join(directory, name)}: is no mail, for it does not begin with a header; accepted: raw mails (.eml), folders of them, mbox files, Maildirs`,
      ),
    );
  });

  it('is a folder with nothing in it that could be', async () => {
    await mkdir(join(directory, 'nothing'));
    await expect(openSource(join(directory, 'nothing'))).rejects.toThrow(
      /nothing: is a folder without \.eml files, and no Maildir, which has cur and new$/,
    );
  });

  it('is what is not there', async () => {
    await expect(openSource(join(directory, 'no-such.mbox'))).rejects.toThrow(/no-such\.mbox: there is no such file$/);
  });
});

it.each([
  ['blank lines', '\r\n\nSubject: one\n\n'],
  ['a byte order mark', '\xef\xbb\xbfSubject: one\n\n'],
  ['a line of an mbox that was quoted', '>From ann@example.com Tue Nov 24 08:00:00 2026\nSubject: one\n\n'],
])('a mail may stand behind %s', async (_, text) => {
  expect(await mailsAt(await file('behind', text))).toHaveLength(1);
});
