import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRows } from '../corpus/rows.js';

/** Raw mails on disk, ready to be linked into mailboxes. */
export interface Letters {
  readonly directory: string;
  readonly files: readonly string[];
  /** How many of them become tickets; null where only the service can tell. */
  readonly tickets: number | null;
}

/** What a mail of a made set carries beside its text. */
export type Attachment = (index: number) => number;

/** Bytes of the mail of the mix that carries something: one in ten. */
const MIX_ATTACHMENT_BYTES = 1_000_000;

export const SMALL: Attachment = () => 0;
export const MIX: Attachment = (index) => (index % 10 === 9 ? MIX_ATTACHMENT_BYTES : 0);

/** Writes mails as customers send them: half of them plain text, half text and HTML, each from another sender with words of its own. */
export function writeLetters(directory: string, count: number, attachmentBytes: Attachment): Letters {
  mkdirSync(directory, { recursive: true });
  const base64 = new Map<number, string>();
  const files = Array.from({ length: count }, (_, index) => {
    const bytes = attachmentBytes(index);
    if (!base64.has(bytes)) base64.set(bytes, folded(randomBytes(bytes).toString('base64')));
    const file = String(index).padStart(6, '0');
    writeFileSync(join(directory, file), letter(index, base64.get(bytes) ?? ''));
    return file;
  });
  return { directory, files, tickets: count };
}

/** The mails of a folder of corpora, with the line ends that IMAP has; bodies without a header are left out. */
export function copyCorpora(corpora: string, directory: string): Letters {
  mkdirSync(directory, { recursive: true });
  const paths = new Set(
    readRows(corpora)
      .filter(({ bodyOnly }) => !bodyOnly)
      .map(({ path }) => path),
  );
  for (const [index, path] of [...paths].entries()) {
    const raw = readFileSync(path)
      .toString('latin1')
      .replace(/^(\s*\n)*(From .*\n)?/, '');
    writeFileSync(join(directory, String(index).padStart(6, '0')), raw.replace(/\r?\n/g, '\r\n'), 'latin1');
  }
  return { directory, files: readdirSync(directory).sort(), tickets: null };
}

/** One mail as it is delivered. */
export function letter(index: number, attachment = ''): string {
  const text = words(index, 180);
  const plain = ['Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: 8bit', '', text];
  const html = [
    'Content-Type: text/html; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    `<html><head><style>p { margin: 0 }</style></head><body>${text.replace(/^(.*)\r\n/gm, '<p class="MsoNormal" style="font-size:11pt"><span lang="EN">$1</span></p>\r\n')}</body></html>`,
  ];
  const content = index % 2 === 0 ? plain : multipart('alternative', 'alt', [plain, html]);
  const file = [
    'Content-Type: application/pdf; name="report.pdf"',
    'Content-Disposition: attachment; filename="report.pdf"',
    'Content-Transfer-Encoding: base64',
    '',
    attachment,
  ];
  return [
    `Return-Path: <customer${index}@example.com>`,
    'Received: from mail.example.com (mail.example.com [192.0.2.1]) by mx.acme.test with ESMTPS; Tue, 24 Nov 2026 08:00:00 +0000',
    `From: Customer ${index} <customer${index}@example.com>`,
    'To: support@acme.test',
    `Subject: Question ${index} about an order`,
    `Message-ID: <bench-${index}@example.com>`,
    'Date: Tue, 24 Nov 2026 08:00:00 +0000',
    'MIME-Version: 1.0',
    ...(attachment === '' ? content : multipart('mixed', 'mix', [content, file])),
    '',
  ].join('\r\n');
}

function multipart(kind: string, boundary: string, parts: readonly (readonly string[])[]): string[] {
  return [
    `Content-Type: multipart/${kind}; boundary="${boundary}"`,
    '',
    ...parts.flatMap((part) => [`--${boundary}`, ...part]),
    `--${boundary}--`,
    '',
  ];
}

const VOCABULARY =
  'the order has not arrived and nobody answers my calls please tell me when it is sent or refund what was paid über Straße thank you'.split(
    ' ',
  );

/** Lines of ten words. The same for the same index, different for different ones. */
function words(index: number, count: number): string {
  let state = index + 1;
  return Array.from({ length: count }, (_, i) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return `${VOCABULARY[(state >>> 16) % VOCABULARY.length]}${i % 10 === 9 ? '\r\n' : ' '}`;
  }).join('');
}

function folded(base64: string): string {
  return base64.replace(/.{76}(?=.)/g, '$&\r\n');
}
