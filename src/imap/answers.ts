import type { FetchMessageObject, FetchQueryObject, ImapFlow } from 'imapflow';

/**
 * FETCH by UID: one answer for each of these mails that is still there, in the order of the server. A server may tell of any mail in between
 * unasked, as Gmail does of flags that another client changes, and what it says of one mail may come in pieces (RFC 3501 section 7.4.2);
 * imapflow hands over each as if it were an answer.
 */
export async function fetchAnswers(
  client: ImapFlow,
  uids: readonly number[],
  query: FetchQueryObject,
): Promise<FetchMessageObject[]> {
  const asked = new Set(uids);
  const answers = new Map<number, FetchMessageObject>();
  for (const row of await client.fetchAll(uids.join(','), query, { uid: true })) {
    if (asked.has(row.uid)) answers.set(row.uid, { ...answers.get(row.uid), ...row });
  }
  return [...answers.values()];
}
