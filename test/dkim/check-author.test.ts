import { generateKeyPairSync } from 'node:crypto';
import { dkimSign } from 'mailauth/lib/dkim/sign.js';
import { createTransport } from 'nodemailer';
import { describe, expect, it, vi } from 'vitest';
import { checkAuthor, type ResolveTxt } from '../../src/dkim/check-author.js';
import { MAX_CHECKED_SIGNATURES, MAX_DNS_MS } from '../../src/limits.js';
import { parseMail } from '../../src/mail/parse.js';

const key = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'der' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const record = `v=DKIM1; k=rsa; p=${key.publicKey.toString('base64')}`;

const text = ['From: Ann <ann@example.com>', 'To: support@acme.test', 'Subject: The printer', '', 'It is on fire.', ''];
const plain = text.join('\r\n');

/** DNS that knows these records, and tells which were asked for. */
function dns(records: Readonly<Record<string, string>>) {
  const asked: string[] = [];
  const resolveTxt: ResolveTxt = async (name) => {
    asked.push(name);
    const found = records[name];
    if (found === undefined) throw Object.assign(new Error(`queryTxt ENOTFOUND ${name}`), { code: 'ENOTFOUND' });
    return [[found]];
  };
  return { asked, resolveTxt };
}

const keyOf = (domain: string) => ({ [`s1._domainkey.${domain}`]: record });

/** The mail with a signature of the domain above it. */
async function signed(mail: string, domain = 'example.com', options: Record<string, unknown> = {}): Promise<string> {
  const data = { signingDomain: domain, selector: 's1', privateKey: key.privateKey, ...options };
  const { signatures, errors } = await dkimSign(mail, { ...data, signatureData: [data] });
  expect(errors).toEqual([]);
  return signatures + mail;
}

async function check(mail: string | Buffer, resolveTxt: ResolveTxt) {
  const bytes = Buffer.from(mail);
  return checkAuthor(bytes, await parseMail(bytes), resolveTxt);
}

const verdictOf = async (mail: string | Buffer, records: Readonly<Record<string, string>> = keyOf('example.com')) =>
  (await check(mail, dns(records).resolveTxt)).verdict;

describe('checkAuthor', () => {
  it('proves the author of a mail that another program has signed', async () => {
    const transport = createTransport({
      streamTransport: true,
      buffer: true,
      newline: 'windows',
      dkim: { domainName: 'example.com', keySelector: 's1', privateKey: key.privateKey },
    });
    const { message } = await transport.sendMail({
      from: 'Ann <ann@example.com>',
      to: 'support@acme.test',
      subject: 'Die Drucker – brennen',
      text: 'Hilfe!\n\n  Grüße  \n',
      html: '<p>Hilfe!</p>',
    });
    expect(await check(message as Buffer, dns(keyOf('example.com')).resolveTxt)).toEqual({
      verdict: 'pass',
      evidence: 'dkim=pass header.d=example.com, checked by DNS',
    });
  });

  it('proves it through the lines that servers add above', async () => {
    expect(await verdictOf(`Received: by mx.acme.test\r\nX-Spam: no\r\n${await signed(plain)}`)).toBe('pass');
  });

  it('proves nothing where a byte of the body or of a signed field is another', async () => {
    const mail = await signed(plain);
    const { verdict, evidence } = await check(mail.replace('fire', 'ice'), dns(keyOf('example.com')).resolveTxt);
    expect(verdict).toBe('none');
    expect(evidence).toBe('no DKIM signature proves example.com (neutral body hash did not verify), checked by DNS');
    expect(await verdictOf(mail.replace('printer', 'plotter'))).toBe('none');
    expect(await verdictOf(mail.replace('ann@', 'bob@'))).toBe('none');
  });

  it.each<[what: string, author: string, domain: string, dmarc: string | null, verdict: string]>([
    ['the same domain', 'example.com', 'example.com', null, 'pass'],
    ['the same domain under a strict policy', 'example.com', 'example.com', 'v=DMARC1; p=reject; adkim=s', 'pass'],
    ['the domain above', 'mail.example.com', 'example.com', null, 'pass'],
    ['the domain above under a strict policy', 'mail.example.com', 'example.com', 'v=DMARC1; p=none; adkim=s', 'none'],
    ['a domain below without a policy', 'example.com', 'mail.example.com', null, 'none'],
    ['a domain below under a policy', 'example.com', 'mail.example.com', 'v=DMARC1; p=none', 'pass'],
    ['a domain below under a strict policy', 'example.com', 'mail.example.com', 'v=DMARC1; p=none; adkim=s', 'none'],
    ['a domain below one where anybody can have one', 'github.io', 'evil.github.io', 'v=DMARC1; p=none', 'none'],
    ['another domain', 'example.com', 'evil.example', 'v=DMARC1; p=none', 'none'],
    ['a domain that ends alike', 'notexample.com', 'example.com', 'v=DMARC1; p=none', 'none'],
  ])('takes or leaves a signature of %s', async (_what, author, domain, dmarc, verdict) => {
    const mail = await signed(plain.replace('ann@example.com', `ann@${author}`), domain);
    const policy = dmarc === null ? {} : { [`_dmarc.${author}`]: dmarc };
    expect(await verdictOf(mail, { ...keyOf(domain), ...policy })).toBe(verdict);
  });

  it.each<[what: string, domain: string, options: Record<string, unknown>]>([
    ['of a part of the body', 'example.com', { maxBodyLength: 5 }],
    ['with the hash of former days', 'example.com', { algorithm: 'rsa-sha1' }],
    ['that leaves From out', 'example.com', { headerList: 'to:subject' }],
    ['of another domain', 'evil.example', {}],
    ['of a domain that the author’s ends with', 'ample.com', {}],
  ])('does not even ask for the key of a signature %s', async (_what, domain, options) => {
    const { asked, resolveTxt } = dns(keyOf(domain));
    const mail = await signed(plain, domain, options);
    expect(mail).toMatch(/^DKIM-Signature: /);
    expect((await check(mail, resolveTxt)).verdict).toBe('none');
    expect(asked).toEqual([]);
  });

  it.each<[what: string, tags: (signature: string) => string]>([
    ['a comment that hides a tag', (signature) => signature.replace('; ', '; (=) l=99999; ')],
    ['a quote', (signature) => signature.replace('d=example.com', 'd="example.com"')],
    ['a domain of one label', (signature) => signature.replace('d=example.com', 'd=com')],
  ])('does not read a signature with %s', async (_what, tags) => {
    const { asked, resolveTxt } = dns({ ...keyOf('example.com'), ...keyOf('com') });
    expect((await check(tags(await signed(plain)), resolveTxt)).verdict).toBe('none');
    expect(asked).toEqual([]);
  });

  it('asks DNS about few signatures however many there are, and about none of ARC', async () => {
    const { asked, resolveTxt } = dns({});
    const [signature = ''] = (await signed(plain)).split('From:');
    const bodyHash = /bh=[^;]+/.exec(signature)?.[0];
    const arc = [
      'ARC-Seal: i=1; a=rsa-sha256; cv=none; d=example.com; s=s1; b=eA==',
      `ARC-Message-Signature: i=1; a=rsa-sha256; c=relaxed/relaxed; d=example.com; s=s1; h=from; ${bodyHash}; b=eA==`,
      'ARC-Authentication-Results: i=1; mx.example.com; none\r\n',
    ].join('\r\n');
    await check(arc + signature.repeat(MAX_CHECKED_SIGNATURES + 5) + plain, resolveTxt);
    expect(asked).toHaveLength(MAX_CHECKED_SIGNATURES);
  });

  describe('is not taken in by', () => {
    const bob = 'From: Bob <bob@example.com>';

    it('a From above the signed one', async () => {
      expect(await verdictOf(`${bob}\r\n${await signed(plain)}`)).toBe('none');
    });

    it('a From so far above the signed one that parsing does not reach both', async () => {
      const between = 'X: y\r\n'.repeat(3000);
      const mail = `${bob}\r\n${between}${await signed(plain)}`;
      expect((await parseMail(Buffer.from(mail))).from?.address).toBe('bob@example.com');
      expect(await verdictOf(mail)).toBe('none');
    });

    it('a header that ends early for one reader only', async () => {
      const mail = await signed(plain);
      for (const end of ['\r\r\n', ' \r\n', '\r\n', '\n', '\x0b\r\n', '\0\r\n']) {
        expect(await verdictOf(`${bob}\r\n${end}${mail}`)).toBe('none');
        expect(await verdictOf(`${end}${bob}\r\n${mail}`)).toBe('none');
      }
    });

    it('a From that parsing read otherwise', async () => {
      const mail = await signed(plain);
      const parsed = await parseMail(Buffer.from(mail));
      const read = { ...parsed, from: { address: 'bob@example.com', name: 'Bob' } };
      const { resolveTxt } = dns(keyOf('example.com'));
      expect(await checkAuthor(Buffer.from(mail), read, resolveTxt)).toEqual({
        verdict: 'none',
        evidence: 'From can be read in more than one way',
      });
    });

    it('a signed mail within a mail', async () => {
      expect(await verdictOf(`${bob}\r\nContent-Type: message/rfc822\r\n\r\n${await signed(plain)}`)).toBe('none');
    });

    it('several authors', async () => {
      expect(await verdictOf(await signed(plain.replace('<ann@example.com>', '<ann@example.com>, x@y.test')))).toBe(
        'none',
      );
    });
  });

  it('proves nothing without a key, an answer or a mail', async () => {
    const mail = await signed(plain);
    expect(await verdictOf(mail, {})).toBe('none');
    expect(await verdictOf(mail, { 's1._domainkey.example.com': 'v=DKIM1; p=' })).toBe('none');
    expect(await verdictOf(mail, { 's1._domainkey.example.com': 'v=DKIM1; k=rsa; p=!!' })).toBe('none');
    expect(await verdictOf(plain)).toBe('none');
    expect(await verdictOf('')).toBe('none');
    expect((await check(mail, () => Promise.reject(new Error('broken')))).verdict).toBe('none');
  });

  it('does not wait for ever for a DNS that does not answer', async () => {
    const mail = await signed(plain);
    const parsed = await parseMail(Buffer.from(mail));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      let asked: () => void = () => {};
      const wasAsked = new Promise<void>((resolve) => {
        asked = resolve;
      });
      const checked = checkAuthor(Buffer.from(mail), parsed, () => {
        asked();
        return new Promise(() => {});
      });
      await wasAsked;
      await vi.advanceTimersByTimeAsync(MAX_DNS_MS);
      expect((await checked).evidence).toMatch(/temperror DNS failure: ETIMEOUT/);
    } finally {
      vi.useRealTimers();
    }
  });
});
