declare module 'mbox-reader' {
  /** What of it is used here. */
  export interface MboxMessage {
    /** The mail with LF line ends and `>From ` lines as they were written. */
    readonly content: Buffer;
  }

  export function mboxReader(stream: NodeJS.ReadableStream): AsyncGenerator<MboxMessage>;
}
