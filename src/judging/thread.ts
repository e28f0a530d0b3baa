import { Tinypool } from 'tinypool';
import { authenticate } from '../dkim/authenticate.js';
import { judge } from '../mail/decide.js';
import type { Judgement } from '../mail/decision.js';
import { parseMail } from '../mail/parse.js';
import { defaultPolicy, type MailPolicy } from '../mail/policy.js';
import type { MailSource } from '../mail/source.js';

/** What the pool hands to a thread. */
export interface JudgeTask {
  readonly source: MailSource;
  /** Whose policy counts. */
  readonly mailbox: string;
  readonly real: boolean;
}

/** What comes back: a judgement, or the name of the error that judging ended with. */
export type JudgeAnswer = { readonly judgement: Judgement } | { readonly fault: string };

/** Handed over once, when the thread starts. */
const policies: ReadonlyMap<string, MailPolicy> = Tinypool.workerData;

/**
 * The work of a thread. It never rejects, so that a rejection of the pool means that the thread itself came to its end.
 * @returns an answer for each task, in their order
 */
export default function judgeMails(tasks: readonly JudgeTask[]): Promise<JudgeAnswer[]> {
  return Promise.all(tasks.map(judgeMail));
}

async function judgeMail({ source, mailbox, real }: JudgeTask): Promise<JudgeAnswer> {
  try {
    const policy = policies.get(mailbox) ?? defaultPolicy;
    const mail = await parseMail(source.bytes, source.leftOut);
    const authentication = await authenticate(mail, source, policy);
    return { judgement: judge(mail, policy, { real, authentication }) };
  } catch (error) {
    // Its name only: the message may quote the mail.
    return { fault: error instanceof Error ? error.name : typeof error };
  }
}
