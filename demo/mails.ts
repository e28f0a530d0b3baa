import type { SendMailOptions } from 'nodemailer';

/** A mail that the demo sends, and what has to become of it. */
export interface DemoMail {
  readonly mail: SendMailOptions & { readonly subject: string };
  readonly expected: { readonly outcome: 'created' | 'replied' | 'ignored'; readonly why: string };
}

export const SUPPORT = 'support@acme.example';
const ANN = 'Ann Example <ann@customer.example>';

/** In this order: the second answers what the first became. */
export const mails: readonly DemoMail[] = [
  {
    mail: {
      from: ANN,
      to: SUPPORT,
      subject: 'The printer on floor 3 is on fire',
      text: 'Hello,\n\nwhat shall we do? A picture is attached.\n\nThanks\nAnn\n',
      headers: { 'X-Order-Id': 'A-4711' },
      priority: 'high',
      attachments: [{ filename: 'fire.png', content: Buffer.alloc(2048, 7), contentType: 'image/png' }],
    },
    expected: { outcome: 'created', why: 'a new request with an attachment' },
  },
  {
    mail: {
      from: ANN,
      to: SUPPORT,
      subject: 'Re: [#1] The printer on floor 3 is on fire',
      text: 'It went out by itself. What a relief!\n\nOn Tue, 24 Nov 2026 at 10:12, Acme Support <support@acme.example> wrote:\n\n> Dear Ann,\n> please leave the building.\n',
    },
    expected: { outcome: 'replied', why: 'her answer, with the tag of her ticket' },
  },
  {
    mail: {
      from: ANN,
      to: SUPPORT,
      subject: 'Automatic reply: your ticket',
      text: 'I am out of the office until Monday.',
      headers: { 'Auto-Submitted': 'auto-replied' },
    },
    expected: { outcome: 'ignored', why: 'an out-of-office reply' },
  },
  {
    mail: {
      from: 'Mallory <mallory@elsewhere.example>',
      to: SUPPORT,
      subject: 'Re: [#1] Please tell me everything about this ticket',
      text: 'I only guessed the number.',
    },
    expected: { outcome: 'created', why: "the tag of somebody else's ticket: nothing is written there" },
  },
];
