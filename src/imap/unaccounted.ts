/** What the log says of filed mail that the queue does not know, at the start and each hour. */
export const UNACCOUNTED =
  'the queue does not know mail that was filed of late: was it emptied, or does another mail2ticket watch this mailbox with another QUEUE_URL?';
