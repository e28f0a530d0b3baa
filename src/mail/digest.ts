import { MAX_KEPT_EVIDENCE_CHARACTERS } from '../limits.js';
import type { Automatic } from './automatic.js';
import { clampCharacters } from './clamp.js';
import type { Decision, QueuedJudgement, TraceStep } from './decision.js';

/**
 * What stays of a judgement when the texts of a settled mail are let go: enough to say later what became of it and why.
 * JSON, and some hundred bytes: the ledger keeps one for each mail of a month.
 */
export interface Digest {
  readonly decision: Decision['kind'];
  readonly reason: string;
  readonly automatic: Automatic['kind'];
  /** The address whose ticket or reply it is; null of a mail that was ignored. */
  readonly requester: string | null;
  /** Whether it is certain that the requester wrote it; absent where it is not. */
  readonly verified?: true;
  /** See Judgement; absent in entries of versions that kept none. */
  readonly people?: readonly string[];
  /** Rule, whether it matched (1 or 0), evidence. */
  readonly trace: readonly (readonly [rule: string, matched: 0 | 1, evidence: string])[];
}

export function digestOf(judgement: QueuedJudgement): Digest {
  const { decision, reason, automatic, trace, people } = judgement;
  return {
    decision: decision.kind,
    reason,
    automatic: automatic.kind,
    requester: requesterIn(decision),
    ...(isVerified(judgement) && { verified: true }),
    people,
    trace: trace.map(({ rule, matched, evidence }) => [
      rule,
      matched ? 1 : 0,
      clampCharacters(evidence, MAX_KEPT_EVIDENCE_CHARACTERS),
    ]),
  };
}

/** Whether it is certain that the requester wrote the mail: its From is verified, and no form or forward stands in between. */
export function isVerified({ decision, authentication, people: [author] }: QueuedJudgement): boolean {
  return authentication === 'pass' && requesterIn(decision)?.toLowerCase() === author;
}

/** The trace of a digest as the judgement had it. */
export function traceOf({ trace }: Digest): TraceStep[] {
  return trace.map(([rule, matched, evidence]) => ({ rule, matched: matched === 1, evidence }));
}

/** The address whose ticket or reply a decision makes; null where it makes none. */
export function requesterIn(decision: Decision): string | null {
  switch (decision.kind) {
    case 'create':
      return decision.ticket.user_email;
    case 'reply':
      return decision.reply.user_email;
    case 'ignore':
      return null;
  }
}
