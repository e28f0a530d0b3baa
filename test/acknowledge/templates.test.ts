import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fill, readTemplates } from '../../src/acknowledge/templates.js';

describe('the templates', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mail2ticket-templates-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const write = (files: Record<string, string>) => {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
  };

  it('are built in', () => {
    expect(fill(readTemplates(null).text, { ticketId: '12', tag: '[#12]' })).toContain('ticket #12');
  });

  it('come from a folder, plain text alone where it holds no HTML', () => {
    write({ 'subject.txt': 'Angekommen\n', 'body.txt': 'Nummer {ticketId}, {tag}' });
    const templates = readTemplates(directory);
    expect(templates).toEqual({ subject: 'Angekommen', text: 'Nummer {ticketId}, {tag}', html: null });
    expect(fill(templates.text, { ticketId: '12', tag: '[#12]' })).toBe('Nummer 12, [#12]');
  });

  it("name no other placeholder, least of all the requester's words", () => {
    write({
      'subject.txt': 'Re: {subject}',
      'body.txt': '{ticketId}',
      'body.html': '<style>p { color: red }</style>{name}',
    });
    expect(() => readTemplates(directory)).toThrow(
      /ACK_TEMPLATES.*subject.txt names {subject}.*body.html names {name}/,
    );
  });

  it('are missed where the folder lacks them or is not there', () => {
    write({ 'subject.txt': 'Hello', 'body.html': '<p>' });
    expect(() => readTemplates(directory)).toThrow(/body.txt/);
    expect(() => readTemplates(join(directory, 'nowhere'))).toThrow(/ACK_TEMPLATES.*nowhere/);
  });
});
