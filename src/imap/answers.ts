import type { FetchMessageObject, FetchQueryObject, ImapFlow, ImapFlowError } from 'imapflow';
import { MAX_REFUSALS_IN_A_ROW } from '../limits.js';

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
    if (asked.has(row.uid)) answers.set(row.uid, together(answers.get(row.uid), row));
  }
  return [...answers.values()];
}

function together(known: FetchMessageObject | undefined, piece: FetchMessageObject): FetchMessageObject {
  if (!known?.bodyParts || !piece.bodyParts) return { ...known, ...piece };
  return { ...known, ...piece, bodyParts: new Map([...known.bodyParts, ...piece.bodyParts]) };
}

/**
 * The same of a server that refuses a FETCH because it cannot give one of these mails, as Yahoo does: the others are asked for one by one.
 * What it refuses alone has no answer.
 */
export async function fetchWhatCanBe(
  client: ImapFlow,
  uids: readonly number[],
  query: FetchQueryObject,
): Promise<FetchMessageObject[]> {
  try {
    return await fetchAnswers(client, uids, query);
  } catch (error) {
    if (!isRefusal(client, error)) throw error;
    if (uids.length === 1) return [];
  }
  const answers: FetchMessageObject[] = [];
  let refusals = 0;
  for (const uid of uids) {
    try {
      answers.push(...(await fetchAnswers(client, [uid], query)));
      refusals = 0;
    } catch (error) {
      refusals += 1;
      // It is not the mails then.
      if (!isRefusal(client, error) || refusals > MAX_REFUSALS_IN_A_ROW) throw error;
    }
  }
  return answers;
}

function isRefusal(client: ImapFlow, error: unknown): boolean {
  const { responseStatus = '', code } = error as ImapFlowError;
  return client.usable && code !== 'ETHROTTLE' && ['NO', 'BAD'].includes(responseStatus);
}
