/** What parsing makes of the bytes of one mail: values only, everything decoded, nothing judged yet. */
export interface IncomingMail {
  /** With its angle brackets, as the header has it; null where the mail has none. */
  readonly messageId: string | null;
  readonly inReplyTo: string | null;
  /** Oldest first, at most MAX_REFERENCES, the last ones. */
  readonly references: readonly string[];
  /** The claimed author. Several From headers: the first usable one. Null where no address can be read. */
  readonly from: Address | null;
  /** Whether the header names one author only, `from`: one From field that holds one address. */
  readonly soleAuthor: boolean;
  readonly replyTo: readonly Address[];
  readonly to: readonly Address[];
  readonly cc: readonly Address[];
  /** Decoded and unfolded, white space folded to single spaces, '' where there is none. */
  readonly subject: string;
  readonly date: Date | null;
  /** All header fields of the top level in their order, decoded and unfolded. */
  readonly headers: readonly HeaderField[];
  /**
   * The Received, Authentication-Results and ARC-Authentication-Results fields in their order, newest first, at most
   * MAX_TRACE_FIELDS: unfolded and nothing decoded, one character a byte. One that is longer than MAX_HEADER_VALUE_CHARACTERS is
   * cut off one character beyond that, so that it can be told.
   */
  readonly traceFields: readonly TraceField[];
  /** The whole body as a person would read it: the text part, or the HTML turned to text. */
  readonly text: string;
  /**
   * The HTML body, decoded, for rules that know a mail program's quote markup; null where there is none. Styles, scripts,
   * comments and images within the markup are left out, and it ends at MAX_HTML_BYTES.
   */
  readonly html: string | null;
  /** Whether `text` was made from `html`, for want of a usable text part. */
  readonly textIsFromHtml: boolean;
  readonly attachments: readonly Attachment[];
  /** The machine-readable parts of a delivery or feedback report, and the returned mail's headers. */
  readonly reports: readonly ReportPart[];
  /** What was broken in the bytes and how it was read all the same, one short sentence each; goes into the trace. */
  readonly repairs: readonly string[];
}

export interface Address {
  /** As written, trimmed, without angle brackets; the domain in lower case. */
  readonly address: string;
  /** Decoded display name, '' where there is none. */
  readonly name: string;
}

export interface HeaderField {
  /** Lower case. */
  readonly name: string;
  readonly value: string;
}

export interface TraceField {
  readonly name: 'received' | 'authentication-results' | 'arc-authentication-results';
  readonly value: string;
}

export interface Attachment {
  /** '' where the part has no name. */
  readonly filename: string;
  /** Lower case, as `image/png`. */
  readonly contentType: string;
  /** Size when decoded. */
  readonly bytes: number;
  readonly disposition: 'attachment' | 'inline';
  /** Of an attached mail that has one. */
  readonly subject?: string;
}

export interface ReportPart {
  /** `message/delivery-status`, `message/feedback-report`, `message/disposition-notification`, `text/rfc822-headers` or `message/rfc822`. */
  readonly contentType: string;
  /** The decoded part; of a returned mail only the headers. */
  readonly text: string;
}

/** The first value of a header field, or null. `name` in lower case. */
export function header(mail: IncomingMail, name: string): string | null {
  return mail.headers.find((field) => field.name === name)?.value ?? null;
}
