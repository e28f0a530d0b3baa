/** An expectation that we mean not to meet, and why the reader is better off. */
export interface Disputed {
  /** `corpus/file`. */
  readonly message: string;
  readonly field: string;
  readonly why: string;
}

/**
 * Expectations of other programs that contradict what this one promises to people. They are left out of the score and named below
 * it, so that nobody has to take the figure on trust.
 */
export const DISPUTED: readonly Disputed[] = [
  {
    message: 'stalwart_mail_parser/legacy/049.eml',
    field: 'text',
    why: 'wants uuencoded files as text; they are named as attachments',
  },
  {
    message: 'php_mime_mail_parser/m0020',
    field: 'text',
    why: 'wants the text without the invitation; an agent has to see summary, time and place',
  },
  {
    message: 'stalwart_mail_parser/malformed/008.eml',
    field: 'text',
    why: 'wants the first of two texts alone; no words of a customer are left out',
  },
  {
    message: 'stalwart_mail_parser/malformed/011.eml',
    field: 'text',
    why: 'wants the first of three texts alone; no words of a customer are left out',
  },
];
