import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  MAX_ATTRIBUTION_LINES,
  MAX_HEADER_BLOCK_LINES,
  MAX_JUDGED_LINE_CHARACTERS,
  MAX_NESTED_MARKS,
} from '../../src/limits.js';
import { htmlToText } from '../../src/mail/html-text.js';
import { trimReply } from '../../src/mail/quotes.js';

const marker = '##- Please type your reply above this line -##';
const trimText = (text: string) => trimReply({ text, html: null, textIsFromHtml: false, marker });
const trimHtml = (html: string) => trimReply({ text: htmlToText(html), html, textIsFromHtml: true, marker });

const WROTE = 'On Tue, May 5, 2020 at 3:00 PM Bob Miller <bob@example.org> wrote:';

describe('trimReply of text', () => {
  it.each<[why: string, mail: string, words: string]>([
    ['a quote under the words', `It works.\n\n${WROTE}\n\n> Does it work?\n`, 'It works.'],
    ['a quote above the words', `${WROTE}\n> Does it work?\n\nIt works.\n`, 'It works.'],
    ['a quote with words on both sides', `Hi,\n\n${WROTE}\n> Does it work?\n\nRegards, Eve\n`, 'Hi,\n\nRegards, Eve'],
    ['a quote without quote signs', `It works.\n\n${WROTE}\n\nDoes it work?\n\nBob\n`, 'It works.'],
    [
      'a wrapped attribution',
      `It works.\n\nOn Tue, May 5, 2020 at 3:00 PM Bob Miller\n<bob@example.org>\nwrote:\n\n> Hm?\n`,
      'It works.',
    ],
    [
      'an attribution wrapped after a comma',
      `It works.\nOn May 5, 2020,\nat 15:00,\nBob Miller <bob@example.org> wrote:\n> Hm?`,
      'It works.',
    ],
    [
      'an attribution broken around its address',
      `It works.\n\nOn Tue, 5 May 2020 at 15:00 Bob\n\n<\nmailto:Bob <bob@example.org>\n> wrote:\n\nHm?`,
      'It works.',
    ],
    [
      'an attribution that is quoted itself',
      `It works.\n\n> On May 5, 2020, at 15:00, Bob <bob@example.org> wrote:\n>\n> Hm?`,
      'It works.',
    ],
    [
      'an attribution on the line of the last words',
      'It works. On Tue, May 5, 2020 at 3:00 PM, bob@example.org wrote:\n> Hm?',
      'It works.',
    ],
    [
      'an attribution in a language without a row, before a quote',
      `Bai.\n\n2020(e)ko maiatzaren 5a, 15:00: Bob <bob@example.org>:\n> Hm?`,
      'Bai.',
    ],
    [
      'a header block',
      `It works.\n\nFrom: Bob Miller <bob@example.org>\nSent: Tuesday, May 5, 2020 3:00 PM\nTo: Eve\nSubject: RE: Hm\n\nHm?`,
      'It works.',
    ],
    [
      'a header block without addresses',
      `Geht.\n\nVon: Bob Miller\nGesendet: Dienstag, 5. Mai 2020 15:00\nAn: Eve\nBetreff: Hm\n\nHm?`,
      'Geht.',
    ],
    [
      'a header block under a row of underscores',
      `It works.\n________________________________\nFrom: Bob <bob@example.org>\nSent: Tuesday, May 5, 2020 3:00 PM\nTo: Eve <eve@example.org>\n\nHm?`,
      'It works.',
    ],
    [
      'a header block in bold signs',
      `It works.\n\n*From:* Bob [mailto:bob@example.org]\n*Sent:* Tuesday, 5 May\n*To:* eve@example.org\n*Subject:* Hm\n\nHm?`,
      'It works.',
    ],
    [
      'a header block with wrapped values',
      `It works.\n\nFrom: Bob <bob@example.org>\nTo: Eve <eve@example.org>, Ann\n <ann@example.org>\nSubject: a subject that\n goes on\n\nHm?`,
      'It works.',
    ],
    [
      'a header block in Chinese',
      `可以了。\n\n发件人：Bob <bob@example.org>\n发送时间：2020年5月5日 15:00\n收件人：Eve <eve@example.org>\n主题：回复\n\n好吗？`,
      '可以了。',
    ],
    [
      'a header block in an unknown language, under a row of underscores',
      `Bai.\n________________________________\nNork: Bob <bob@example.org>\nNoiz: 2020\nNori: Eve\n\nHm?`,
      'Bai.',
    ],
    [
      'a header block in an unknown language, under a dashed title',
      `Bai.\n\n-------- Jatorrizko mezua --------\nNork: Bob <bob@example.org>\nNoiz: 2020\nNori: Eve\n\nHm?`,
      'Bai.',
    ],
    ['"Original Message"', `It works.\n\n-----Original Message-----\n\nHm?`, 'It works.'],
    ['"Ursprüngliche Nachricht"', `Geht.\n\n-----Ursprüngliche Nachricht-----\nHm?`, 'Geht.'],
    [
      'a forwarded mail of the thread',
      `Is this settled?\n\n---------- Forwarded message ---------\nFrom: Bob <bob@example.org>\nDate: Tue, May 5, 2020\nSubject: Hm\nTo: Eve <eve@example.org>\n\nHm?`,
      'Is this settled?',
    ],
    [
      'a delimiter with the header on its line',
      'Geht.\n-------- Ursprüngliche Nachricht --------Von: Bob  Datum: 05.05.20  15:00  (GMT+01:00) An: Eve Betreff: Hm\nHm?',
      'Geht.',
    ],
    [
      'such a line, indented',
      'It works.\n\n   ----- Forwarded Message ----- From: Bob <bob@example.org>To: eve@example.com\n Hm?',
      'It works.',
    ],
    [
      'such a line, but not the words before it',
      'Three questions:-------- Original message --------From: Bob <bob@example.org> Date: 5/5/20 Subject: Hm\n> Hm?',
      'Three questions:',
    ],
    [
      'a header block with technical fields, under a delimiter',
      'It works.\n\n-------- Forwarded Message --------\nReturn-Path: <bob@example.org>\nFrom: Bob <bob@example.org>\nSubject: Hm\n\nHm?',
      'It works.',
    ],
    [
      'a header block with a technical field within',
      'It works.\n\nFrom: Bob <bob@example.org>\nMessage-ID: <1@example.org>\nSubject: Hm\n\nHm?',
      'It works.',
    ],
    [
      'a header block under a line that only begins like a forwarded subject',
      'FW: see below.\nIt works.\n\nFrom: Bob <bob@example.org>\nSubject: Hm\n\nHm?',
      'FW: see below.\nIt works.',
    ],
    ['a signature', `It works.\n\n-- \nEve Miller\nExample Inc.\n`, 'It works.'],
    ['a signature whose space was lost', `It works.\n--\nEve Miller\n`, 'It works.'],
    ['a signature whose dashes are indented', `It works.\n\n -- \nEve Miller\n`, 'It works.'],
    ['a signature between words and quote', `It works.\n\n-- \nEve\n\n${WROTE}\n> Hm?\n`, 'It works.'],
    ['a device line', `It works.\n\nSent from my iPhone\n`, 'It works.'],
    [
      'a device line above the quote',
      `Geht.\n\nVon meinem iPhone gesendet\n\n> Am 05.05.2020 um 15:00 schrieb Bob <bob@example.org>:\n> \n> Hm?`,
      'Geht.',
    ],
    ['a device line above the words', 'Sent from iPhone\n\nIt works.\n', 'It works.'],
    ['a device line with an apology', `It works.\n\nSent from my cell, please excuse any typos.`, 'It works.'],
    [
      'a device line with a link',
      `Ça marche.\n\nEnvoyé à partir de Outlook pour iOS<https://aka.ms/o0ukef>\n`,
      'Ça marche.',
    ],
    [
      "a list's footer",
      `It works.\n\n_______________________________________________\nhelp mailing list\nhelp@lists.example.org\nhttps://lists.example.org/listinfo/help\n`,
      'It works.',
    ],
    ['a signature, but not the postscript', 'It works.\n\n-- \nEve\n\nPS: Thanks!', 'It works.\nPS: Thanks!'],
    ['rows of signs at the end', `It works.\n\n***\n=====\n`, 'It works.'],
    [
      'a long quoted line whose rest was wrapped',
      `It works.\n\n${WROTE}\n> a quoted line that is as long as quoted lines are when they are wrapped on their\nway here\n> and goes on\n`,
      'It works.',
    ],
    ["GroupWise's line over a mail", 'It works.\n\n>>> Bob <bob@example.org> 05.05.2020 15:00 >>>\nHm?', 'It works.'],
    [
      'a quote on the line of its attribution',
      'It works.\n\nOn Tue, May 5, 2020 at 15:00, Bob<bob@example.org> wrote:   Hm?\nBob',
      'It works.',
    ],
    [
      'recipients and subject above an attribution',
      'It works.\n\n----------------\nКому: eve@example.com;\nТема: Hm;\n05.05.2020, 15:00, "Bob" <bob@example.org>:\n\nHm?',
      'It works.',
    ],
    [
      'a title without dashes above a header block',
      'It works.\n\n原始邮件\n\n发件人：Bob <bob@example.org>\n收件人：eve\n主题：Hm\n\nHm?',
      'It works.',
    ],
    [
      'the table of a mail app',
      'It works.\n\n---- Replied Message ----\n| From | Bob |\n| Subject | Hm |\nHm?',
      'It works.',
    ],
    [
      "a mail program's line with its link, in a language without a row",
      'It works.\n\nHankige Outlook rakendus iOS<https://aka.ms/o0ukef>',
      'It works.',
    ],
  ])('cuts %s', (_, mail, words) => {
    const { text, quoted } = trimText(mail);
    expect(text).toBe(words);
    expect(quoted).not.toBe('');
  });

  it.each<[why: string, mail: string]>([
    ['closings', 'It works.\n\nThanks,\nBob'],
    ['a row of dashes between words', 'First\n\n----------\n\nSecond\n\n====\n\nThird'],
    ['dashes before a point', 'Open:\n-- the first\n-- the second\n\nThanks'],
    [
      'sentences that begin like an attribution',
      'On the one hand it works.\n\nOn the other hand, it does not:\n\nAm Montag ging es noch.',
    ],
    ['addresses of sender and recipient', 'I entered:\nFrom: eve@example.com\nTo: bob@example.org\nand got error 550.'],
    ['a link that nobody but the author wrote', 'Outlook shows this: https://example.com/error.png'],
    ['a sentence that holds a header name', 'The mail came From: our shop.\nTo: whom it may concern'],
    [
      'an appointment',
      'Invitation:\n\nDate: Wednesday 3, October 2011\nTime: 7:00\nAddress: 130 Fox St\n\nPlease bring your ID.',
    ],
    ['a journey', 'From: Berlin\nTo: Munich\nDate: 5 May 2020 10:15\n\nIs there a train?'],
    [
      'a sentence that begins like a device line',
      'It works.\n\nSent from my desk, is much easier than my mobile phone.',
    ],
    ['an apology above the words', 'Sorry for the late reply.\n\nIt works.'],
    ['a greeting with a device', 'Hello from mobile\n\nIt works.'],
    ['a line about a device close above the words', 'Sent from my iPhone\nit fails.'],
    ['a word about a device', 'It fails.\n\nFrom my phone it works, though.'],
    [
      'code between fences',
      'See:\n\n```\n-- \nOn May 5, 2020, at 15:00, Bob <bob@example.org> wrote:\n> x\n```\n\nDone.',
    ],
    ['a passage that the author picked', 'You say:\n\n> restart it\n\nI did. Now?'],
    ['a passage with "Bob wrote:" that the author picked', 'Bob wrote:\n> restart it\n\nI did. Now?'],
    ['a log line before a quoted passage', 'On 2020-05-05 at 10:15 I got:\n> Error 500\n\nWhat now?'],
    ['emoji', '👍'],
    [
      'a mail that the author shows',
      'My mail was:\n\nFrom: eve@example.com\nTo: bob@example.org\nSubject: Hm\n\nDid you get it?',
    ],
    [
      'a mail that the author shows as forwarded',
      'Here is what I got:\n\n---------- Forwarded message ---------\nFrom: Bank <bank@example.org>\nSubject: Debit\n\n5 EUR.',
    ],
    [
      'a header that the author pasted with its technical fields',
      'As evidence:\n\nHere it is\n\nMessage-ID: <1@example.org>\nDate: Tue, 5 May 2020 15:00:00 +0200\nFrom: Bob <bob@example.org>\nSubject: Hm\n\nIs it real?',
    ],
    [
      'a header that begins with its way through servers',
      'Is it real?\n\nReturn-Path: <bob@example.org>\nReceived: from mx.example.org\n by mx.example.com; Tue, 5 May 2020 15:00:00 +0200\nFrom: Bob <bob@example.org>\nTo: eve@example.com\nSubject: Hm\n\nThanks',
    ],
    [
      'a forwarded mail that the author pasted with its subject line',
      'FW: Re: Hm\nFrom: bob@example.org\nTo: eve@example.com\nDate: Tue, 5 May 2020 15:00:00 +0200\n\nHm?',
    ],
    ...[
      'My answers are in red below.',
      'See inline.',
      'Meine Antworten stehen direkt im Text.',
      'Voir mes réponses ci-dessous.',
      'Respondo abajo en rojo.',
    ].map((words): [string, string] => [
      `answers in the quoted mail, to which the words point: ${words}`,
      `Hi,\n\n${words}\n\nFrom: Bob <bob@example.org>\nSubject: Hm\n\nIs it on?\nYES`,
    ]),
    [
      'a mail that the author shows, its delimiter and header on one line',
      'This is what I got:\n\n-------- Original message --------From: Bank <bank@example.org> Date: 5/5/20 Subject: Debit\n\n5 EUR.',
    ],
    [
      'a delimiter that is spoken of',
      'Above the mail stands "----- Original Message -----" instead of the name.\nWhy?\n--- Original message --- remove: it\n\nEve',
    ],
    ['a dashed title that is no delimiter', 'Please answer.\n\n---- Enter Feedback Below ----\n\nIt was good.'],
    ['indented dashes that are no signature', 'Open:\n  --\n   -- \nthe first'],
    [
      'what the author says that somebody sent',
      'On Mon, 5 May 2020 at 15:00 this is what <bob@example.org> has sent:\n\nHm?\n\nOn Monday at 15:00 they sent:\n\nHm?',
    ],
    ['a long text under indented dashes', `Hi\n -- \n${'a line of the author\n'.repeat(20)}`.trim()],
    ['a long text under two dashes', `Hi\n--\n${'a line of the author\n'.repeat(20)}`.trim()],
  ])('keeps %s', (_, mail) => {
    expect(trimText(mail)).toEqual({ text: mail, quoted: '' });
  });

  it('keeps inline answers with the lines they answer, and cuts what follows the last answer', () => {
    const answered = `${WROTE}\n> Is it on?\n\nYes.\n\n> Is it hot?\n\nNo.`;
    expect(trimText(`Hi,\n\n${answered}\n\n> Bob\n> Example Inc.\n`)).toEqual({
      text: `Hi,\n\n${answered}`,
      quoted: '> Bob\n> Example Inc.',
    });
  });

  it('keeps inline answers that stand close to the quoted lines', () => {
    const mail = `${WROTE}\n> Is it on?\nYes.\n> Is it hot?\nNo.`;
    expect(trimText(mail)).toEqual({ text: mail, quoted: '' });
  });

  it.each([
    ['a quote alone', `${WROTE}\n> Hm?`],
    ['an attribution with nothing above', `${WROTE}\n\nHm?`],
    [
      'a forwarded mail alone',
      '---------- Forwarded message ---------\nFrom: Bob <bob@example.org>\nSubject: Hm\n\nHm?',
    ],
    ['a signature alone', '-- \nEve'],
    ['a device line alone', 'Sent from my iPhone'],
    ['rulers above a quote', `---\n${WROTE}\n> Hm?`],
    ['nothing', ''],
  ])('lets the full text stand where trimming would leave nothing: %s', (_, mail) => {
    expect(trimText(mail)).toEqual({ text: mail, quoted: '' });
  });
});

describe('trimReply at its limits', () => {
  it('joins an attribution of MAX_ATTRIBUTION_LINES lines, but no more', () => {
    const attribution = (names: number) => `On 5 May 2020 at 15:00\n${'Bob\n'.repeat(names)}wrote:\n`;
    expect(trimText(`It works.\n\n${attribution(MAX_ATTRIBUTION_LINES - 2)}Hm?`).text).toBe('It works.');
    expect(trimText(`It works.\n\n${attribution(MAX_ATTRIBUTION_LINES - 1)}Hm?`).quoted).toBe('');
  });

  it('knows a header block by its first MAX_HEADER_BLOCK_LINES lines', () => {
    const block = (copies: number) => `From: Bob\n${'Cc: Ann\n'.repeat(copies)}Subject: Hm\nTo: Eve\n\nHm?`;
    expect(trimText(`It works.\n\n${block(MAX_HEADER_BLOCK_LINES - 3)}`).text).toBe('It works.');
    expect(trimText(`It works.\n\n${block(MAX_HEADER_BLOCK_LINES - 2)}`).quoted).toBe('');
  });

  it('judges MAX_JUDGED_LINE_CHARACTERS characters of a line', () => {
    const attribution = (length: number) =>
      `On 5 May 2020 at 15:00, Bob wrote:`.replace('Bob', 'B'.repeat(length - 31));
    expect(trimText(`It works.\n\n${attribution(MAX_JUDGED_LINE_CHARACTERS)}\n\nHm?`).text).toBe('It works.');
    expect(trimText(`It works.\n\n${attribution(MAX_JUDGED_LINE_CHARACTERS + 1)}\n\nHm?`).quoted).toBe('');
  });

  it('reads the marks of MAX_NESTED_MARKS elements within each other, and quotes all in the outer ones', () => {
    const nested = (depth: number) =>
      `<p>It works.</p>${'<blockquote type="cite">'.repeat(depth)}Hm?${'</blockquote>'.repeat(depth)}<p>Fine.</p>`;
    expect(trimHtml(nested(MAX_NESTED_MARKS)).text).toBe('It works.\n\nFine.');
    expect(trimHtml(nested(MAX_NESTED_MARKS + 1)).text).toBe('It works.\n\nFine.');
  });
});

describe('trimReply and the marker', () => {
  it.each([
    ['as it is', `It works.\n${marker}\nHm?`],
    ['quoted', `It works.\n\n${WROTE}\n\n> ${marker}\n>\n> Hm?`],
    ['quoted twice and without attribution', `It works.\n\n>> ${marker}\n>> Hm?`],
    ['wrapped', `It works.\n\n> ##- Please type your reply above\n> this line -##\n> Hm?`],
    ['under the head of our mail', `It works.\n\n${WROTE}\n> Example Inc.\n>\n> ${marker}\n> Hm?`],
    ['under an attribution in no known form', `It works.\n\n> Example Inc.\n> ${marker}\nHm?`],
    ['with words below, which are quoted then', `It works.\n\n> ${marker}\n> Hm?\n\nHm, no.`],
  ])('cuts from it on, %s', (_, mail) => {
    const { text, quoted } = trimText(mail);
    expect(text).toBe('It works.');
    expect(quoted.replace(/\s+>*\s*/g, ' ')).toContain(marker);
  });

  it('lets the full text stand where nothing is above it', () => {
    const mail = `${marker}\nHm?`;
    expect(trimText(mail)).toEqual({ text: mail, quoted: '' });
  });

  it('finds it in HTML', () => {
    const html = `<p>It works.</p><blockquote type="cite"><div style="color:#999">${marker.replace('reply', '<b>reply</b>')}</div>Hm?</blockquote>`;
    expect(trimHtml(html).text).toBe('It works.');
  });

  it('looks for none where the policy has none', () => {
    const mail = 'One.\n\nTwo.';
    expect(trimReply({ text: mail, html: null, textIsFromHtml: false, marker: '' })).toEqual({
      text: mail,
      quoted: '',
    });
  });
});

describe('trimReply of HTML', () => {
  const header = '<b>Od:</b> Bob<br><b>Za:</b> Eve<br>';
  it.each<[program: string, html: string]>([
    [
      'Gmail',
      '<div dir="ltr">It works.</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">Bai, Bob idatzi:<br></div><blockquote class="gmail_quote" style="margin:0"><div>Hm?</div></blockquote></div>',
    ],
    [
      'Gmail, forwarding',
      '<div dir="ltr">It works.<div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message ---------<br>From: Bob &lt;bob@example.org&gt;</div>Hm?</div></div>',
    ],
    [
      'Gmail, with a signature',
      '<div dir="ltr">It works.<br clear="all"><div><br></div>-- <br><div class="gmail_signature">Eve</div></div>',
    ],
    [
      'Apple Mail',
      '<body>It works.<div><br><blockquote type="cite"><div>bob &lt;bob@example.org&gt;</div><br><div>Hm?</div></blockquote></div></body>',
    ],
    [
      'Thunderbird',
      '<body>It works.<br><div class="moz-cite-prefix">Quia Bob:<br></div><blockquote type="cite" cite="mid:1@example.org">Hm?</blockquote><div class="moz-signature">-- <br>Eve</div></body>',
    ],
    [
      'Thunderbird, forwarding',
      '<p>It works.</p><div class="moz-forward-container"><br>-------- hm --------<table><tr><th>X</th><td>Y</td></tr></table>Hm?</div>',
    ],
    [
      'Outlook on the web',
      `<div>It works.</div><div id="appendonsend"></div><hr style="width:98%"><div id="divRplyFwdMsg">${header}</div><div>Hm?</div>`,
    ],
    [
      'Outlook',
      `<div class="WordSection1"><p class="MsoNormal">It works.</p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">${header}</p></div></div><p class="MsoNormal">Hm?</p></div>`,
    ],
    [
      'Outlook for phones',
      '<div>It works.</div><div id="ms-outlook-mobile-signature"><div></div>Get <a href="https://aka.ms/o0ukef">Outlook for iOS</a></div><div id="mail-editor-reference-message-container"><div>Bob</div><div>Hm?</div></div>',
    ],
    [
      'Outlook for phones, its header block within the quote',
      `<div>It works.</div><div class="ms-outlook-mobile-signature">Eve</div><div class="ms-outlook-mobile-reference-message"><hr><div id="divRplyFwdMsg">${header}</div>Hm?</div>`,
    ],
    ['Outlook for Mac', '<div>It works.</div><span id="OLK_SRC_BODY_SECTION"><div>Bob</div><div>Hm?</div></span>'],
    [
      'Hotmail',
      `<body class="hmmessage"><div>It works.<br><br><div><hr id="stopSpelling">${header}<br>Hm?</div></div></body>`,
    ],
    [
      'Yahoo',
      '<div>It works.</div><div class="ydp9b1fyahoo_quoted" id="ydp9b1fyahoo_quoted_58"><div>Bob:</div><div>Hm?</div></div>',
    ],
    [
      'Zimbra',
      `<div>It works.</div><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__">${header}</div><div data-marker="__QUOTED_TEXT__">Hm?</div>`,
    ],
    ['Zimbra, an old one', `<div>It works.</div><hr id="zwchr"><blockquote>${header}<br>Hm?</blockquote>`],
    [
      'Yahoo for phones',
      '<div>It works.</div><div id="ymail_ios_signature">Eve</div><p class="yahoo-quoted-begin">Bob:</p><blockquote class="iosymail">Hm?</blockquote>',
    ],
    [
      'Samsung',
      `<div>It works.</div><div id="composer_signature">Eve</div><div>-------- Hm --------</div><div>Od: Bob &lt;bob@example.org&gt;</div><div>Za: Eve</div><div>Ö: Hm</div><div>Hm?</div>`,
    ],
    [
      'Spark',
      '<div name="messageBodySection">It works.</div><div name="messageSignatureSection">Eve</div><div name="messageReplySection">Bob<br><blockquote>Hm?</blockquote></div>',
    ],
    ['GMX', '<div>It works.</div><div name="quote"><b>Bob</b><div name="quoted-content">Hm?</div></div>'],
    [
      'NetEase',
      '<div>It works.</div><div class="ntes-mailmaster-quote"><div>Bob</div><blockquote>Hm?</blockquote></div>',
    ],
    [
      'ProtonMail',
      '<div>It works.</div><div class="protonmail_signature_block">Eve</div><div class="protonmail_quote">Bob:<br><blockquote class="protonmail_quote" type="cite">Hm?</blockquote></div>',
    ],
    [
      'Front',
      '<div>It works.</div><div class="front-signature"></div><blockquote type="cite" class="front-blockquote">Bob:<br>Hm?</blockquote>',
    ],
    ['Zoho', '<div>It works.</div><div class="zmail_extra"><div>---- Bob ----</div><blockquote>Hm?</blockquote></div>'],
    ['Zoho, an old one', '<div>It works.</div><div title="beforequote:::">Bob</div><div>Hm?</div>'],
    ['Zendesk', '<div>It works.</div><div class="quotedReply"><div>Bob</div><blockquote>Hm?</blockquote></div>'],
    ['Fernand', '<div>It works.</div><div class="fernand_quote"><div>Bob</div>Hm?</div>'],
    ['Notion Mail', '<div>It works.</div><blockquote class="notion-mail-quote">Hm?</blockquote>'],
    ['Alibaba Mail', '<div>It works.</div><blockquote><div class="alimail-quote"><br>Hm?<br></div></blockquote>'],
    [
      'an editor that names it so',
      '<div>It works.</div><blockquote data-type="quote-separator"><div>Bob</div>Hm?</blockquote>',
    ],
    ['Roundcube', '<p>It works.</p><p id="reply-intro">Bob:</p><blockquote type="cite">Hm?</blockquote>'],
    [
      'a blockquote without a mark, under an attribution',
      '<p>It works.</p><p>On 5 May 2020 at 15:00, Bob wrote:</p><blockquote>Hm?</blockquote>',
    ],
    [
      'a blockquote without a mark, with an attribution in it',
      '<p>It works.</p><blockquote><p>On 5 May 2020 at 15:00, Bob &lt;bob@example.org&gt; wrote:</p><p>Hm?</p></blockquote>',
    ],
    [
      'a blockquote without a mark, its words after empty layout',
      '<p>It works.</p>5 May 2020 15:00 от Bob &lt;bob@example.org&gt;:<br><blockquote>\n<div>\n<style></style><br><div>Hm?<br><br>Hm.</div></div></blockquote>',
    ],
    [
      'a blockquote without a mark, under an attribution and above the words',
      '<div>On 5 May 2020 at 15:00, Bob &lt;bob@example.org&gt; wrote:</div><blockquote><div><br><br></div><ul><li>Hm?</li></ul><div><br><br></div></blockquote>It works.',
    ],
    [
      'a mark within a blockquote without one',
      '<blockquote><br><div class="alimail-quote">Hm?</div><br></blockquote><p>It works.</p>',
    ],
    [
      'an empty blockquote under an attribution, the quote below it',
      '<p>It works.</p><p>On 5 May 2020 at 15:00, Bob wrote:</p><blockquote><br></blockquote><div>Hm?</div>',
    ],
    ['markup alone, with words below', '<blockquote type="cite">Hm?</blockquote><p>It works.</p>'],
    [
      'quote signs in HTML',
      '<div>It works.<br><br>&gt; Subject: Test<br>&gt; From: bob@example.org<br>&gt; <br>&gt; Hm?<br></div>',
    ],
    ['tags in capitals and without quotes', '<DIV>It works.</DIV><BLOCKQUOTE TYPE=CITE>Hm?</BLOCKQUOTE>'],
  ])('cuts what %s quotes, whatever the language', (_, html) => {
    const { text, quoted } = trimHtml(html);
    expect(text).toBe('It works.');
    expect(quoted).toMatch(/Hm\?|Eve/);
  });

  it('keeps a blockquote that the author made', () => {
    const html =
      '<p>It says:</p><blockquote style="margin:0 0 0 40px">Error 500</blockquote><p>What now?</p><blockquote>Error 501</blockquote>';
    expect(trimHtml(html)).toEqual({ text: htmlToText(html), quoted: '' });
  });

  it.each(['title="My quote"', 'data-type="quote"', 'class="quotedReplyPolicy"'])(
    'keeps an element that bears no mark of a mail program: %s',
    (attribute) => {
      const html = `<p>It says:</p><blockquote ${attribute}>Error 500</blockquote><p>What now?</p>`;
      expect(trimHtml(html)).toEqual({ text: htmlToText(html), quoted: '' });
    },
  );

  it('keeps inline answers between the pieces of a quote, with these pieces', () => {
    const quote = (words: string) => `<blockquote class="gmail_quote">${words}</blockquote>`;
    const html = `<div>Hi</div><div class="gmail_quote"><div class="gmail_attr">On 5 May 2020, Bob wrote:</div>${quote('Is it on?')}<div>Yes.</div>${quote('Is it hot?')}<div>No.</div>${quote('Bob')}</div>`;
    const { text, quoted } = trimHtml(html);
    expect(text.split(/\n+/)).toEqual([
      'Hi',
      'On 5 May 2020, Bob wrote:',
      '> Is it on?',
      'Yes.',
      '> Is it hot?',
      'No.',
    ]);
    expect(quoted).toBe('> Bob');
  });

  it('lets the HTML beside a text part decide where the text shows no quote', () => {
    const html = '<div>It <b>works</b>.</div><blockquote type="cite">Hm?</blockquote>';
    const body = { html, textIsFromHtml: false, marker };
    expect(trimReply({ ...body, text: 'It works.\n\nHm?\n' })).toEqual({ text: 'It works.', quoted: 'Hm?' });
    // Where the parts differ, more text is the safer answer.
    expect(trimReply({ ...body, text: 'It does work.\n\nHm?' })).toEqual({ text: 'It does work.\n\nHm?', quoted: '' });
  });

  it('trusts the text alone where the HTML does not give it', () => {
    const body = {
      text: 'Another text.',
      html: '<p>It works.</p><blockquote type="cite">Hm?</blockquote>',
      textIsFromHtml: true,
      marker,
    };
    expect(trimReply(body)).toEqual({ text: 'Another text.', quoted: '' });
  });
});

/** Lines of all classes, so that random mails come near real ones. */
const anyLine = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    ...[
      '',
      'Some words.',
      '> quoted',
      '>',
      '>> ',
      WROTE,
      'wrote:',
      '> wrote:',
      'Bob wrote:',
      '<bob@example.org>',
      '-- ',
      '--',
    ],
    ...[
      'From: bob@example.org',
      'Subject: Hm',
      'Sent: 15:00',
      '-----Original Message-----',
      '---',
      '```',
      'Sent from my iPhone',
    ],
    ...[
      marker,
      '##- Please type',
      `Words. ${WROTE}`,
      'On May 5, 2020,',
      '\uFDD0',
      '____',
      'help@example.org',
      'https://example.org',
    ],
  ),
);
const anyText = fc.array(anyLine, { maxLength: 30 }).map((lines) => lines.join('\n'));
/** The characters that are no white space and no quote sign, in no order: what may not vanish. */
const characters = (text: string) => [...text.replace(/[\s>]+/g, '')].sort().join('');

describe('trimReply of anything', () => {
  it('loses no character: each is in the words or in the quote', () => {
    fc.assert(
      fc.property(anyText, (mail) => {
        const { text, quoted } = trimText(mail);
        expect(characters(text + quoted)).toBe(characters(mail));
      }),
    );
  });

  it('is never empty where the mail is not', () => {
    fc.assert(fc.property(anyText, (mail) => mail.trim() === '' || trimText(mail).text.trim() !== ''));
  });

  it('loses no character of HTML either', () => {
    const tag = fc.constantFrom(
      '<blockquote type=cite>',
      '</blockquote>',
      '<div class=gmail_attr>',
      '</div>',
      '<div id=appendonsend>',
      '<blockquote>',
      '<p>',
      '<br>',
      '<hr>',
    );
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            tag,
            anyLine.map((line) => line.replace(/[<&\uFDD0-\uFDEF]/g, '')),
          ),
          { maxLength: 30 },
        ),
        (pieces) => {
          const html = `<p>${pieces.join('')}`;
          const { text, quoted } = trimHtml(html);
          expect(characters(text + quoted)).toBe(characters(htmlToText(html)));
        },
      ),
    );
  });

  it.each([
    '>',
    '> ',
    '> quoted\n',
    '\n',
    'On 5 May 2020 10:15,\n',
    'From: a\n',
    '-- \n',
    'original message\nMessage-ID: a\n',
    'Sent from my iPhone\n\n',
    '```\n',
    'a@b wrote:\n',
    '##-',
    '-',
    '--- a ',
    '--- Original message ---From:',
    'a: \n--- Original message ---From:\n\n\n\n\n\n\n',
    '<',
    'a ',
  ])('takes linear time on 1 MB of %j', (piece) => {
    const milliseconds = (bytes: number) => {
      const mail = piece.repeat(bytes / piece.length);
      const start = process.cpuUsage();
      trimText(mail);
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1000;
    };
    milliseconds(2 ** 16);
    // A quadratic one would take 256 times as long for 16 times as much, and minutes.
    expect(milliseconds(2 ** 20)).toBeLessThan(100 * Math.max(milliseconds(2 ** 16), 50));
  });
});
