/** The bytes of a mail as they were fetched: all of them, or with the bodies of some parts left on the server. */
export interface MailSource {
  readonly bytes: Uint8Array;
  /** Where in `bytes` a body would begin that was left out, and how many bytes it has on the server, still encoded. */
  readonly leftOut: ReadonlyMap<number, number>;
}
