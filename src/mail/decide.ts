import { MAX_TICKET_MESSAGE_BYTES, MAX_TRACE_EVIDENCE_CHARACTERS, MAX_TRACE_REPAIRS } from '../limits.js';
import { type Authentication, authenticationOf } from './authentication.js';
import { type Automatic, classify, signOfOwnMail } from './automatic.js';
import { readBounce } from './bounce.js';
import { clampBytes, clampCharacters } from './clamp.js';
import { cleanLine, cleanText } from './clean.js';
import type { Decision, Judgement, TraceStep } from './decision.js';
import { type Forward, forwardOf } from './forward.js';
import type { IncomingMail } from './message.js';
import type { MailPolicy } from './policy.js';
import { trimReply } from './quotes.js';
import { replyRequest, ticketRequest } from './request.js';
import { asRequester, type Requester, requesterOf } from './sender.js';
import { ticketIds } from './subject-tag.js';

/** What is known of a mail beyond its bytes. */
export interface Circumstances {
  /** A person dragged it out of Ignored: it is real, and no rule may ignore it. */
  readonly real?: boolean;
}

/** What the rules look at: the mail, and what more than one of them needs to know of it. */
interface Facts {
  readonly mail: IncomingMail;
  readonly policy: MailPolicy;
  readonly automatic: Automatic;
  readonly forward: Forward;
  readonly requester: Requester;
  /** Whether the mail is from whom it says. */
  readonly authentication: Authentication;
  /** The whole text, cleaned. */
  readonly text: string;
}

type Verdict = Pick<Judgement, 'decision' | 'reason' | 'text' | 'quoted'>;

/** A rule's evidence for its answer and, where it matches, the verdict. */
interface Answer {
  readonly evidence: string;
  readonly verdict: Verdict | null;
}

interface Rule {
  readonly name: string;
  /** Whether it ignores the mails it matches; such a rule is not asked about a mail that a person calls real. */
  readonly ignores: boolean;
  readonly ask: (facts: Facts) => Answer;
}

/** First match wins; where none matches, the mail is a new ticket. */
const RULES: readonly Rule[] = [
  { name: 'own mail', ignores: true, ask: ownMail },
  { name: 'bounce', ignores: true, ask: bounce },
  { name: 'automatic reply', ignores: true, ask: automaticReply },
  { name: 'subject tag', ignores: false, ask: subjectTag },
];

/**
 * Says what shall become of a mail, and why. Every mail gets a decision, and the fields of a ticket or reply can be sent as
 * they are.
 */
export function judge(mail: IncomingMail, policy: MailPolicy, { real = false }: Circumstances = {}): Judgement {
  const facts = factsOf(mail, policy);
  const trace = stepsBeforeTheRules(facts);
  return {
    ...askRules(facts, real, trace),
    trace,
    automatic: facts.automatic,
    bounce: facts.automatic.kind === 'bounce' ? readBounce(mail) : null,
  };
}

/** The verdict of the first rule that matches; every rule asked leaves a step in `trace`. */
function askRules(facts: Facts, real: boolean, trace: TraceStep[]): Verdict {
  for (const { name, ignores, ask } of RULES) {
    if (real && ignores) {
      trace.push(step(name, false, 'not asked: a person took the mail out of Ignored'));
      continue;
    }
    const { evidence, verdict } = ask(facts);
    trace.push(step(name, verdict !== null, evidence));
    if (verdict !== null) return verdict;
  }
  trace.push(step('new ticket', true, 'no rule before it matched'));
  return newTicket(facts);
}

function factsOf(mail: IncomingMail, policy: MailPolicy): Facts {
  const forward = forwardOf(mail, policy);
  const requester =
    forward.kind === 'of'
      ? { ...asRequester(forward.original), evidence: `forwarded From: ${forward.original.address}` }
      : requesterOf(mail, policy);
  const automatic = classify(mail, policy);
  return {
    mail,
    policy,
    automatic: { ...automatic, evidence: oneLine(automatic.evidence) },
    forward,
    requester,
    authentication: authenticationOf(mail, policy.trust),
    text: cleanText(mail.text),
  };
}

/** What is not a rule but settles how the mail is read: repairs, whose it is, whether it is from whom it says, whether it is a forward. */
function stepsBeforeTheRules({ mail, forward, requester, authentication }: Facts): TraceStep[] {
  const steps = mail.repairs.slice(0, MAX_TRACE_REPAIRS).map((repair) => step('repair', true, repair));
  if (forward.kind === 'of') steps.push(step('forward', true, `of a mail from ${forward.original.address}`));
  if (forward.kind === 'unclear') steps.push(step('forward', false, forward.why));
  steps.push(step('requester', true, requester.evidence));
  steps.push(
    step(
      'sender authentication',
      authentication.verdict === 'pass',
      `${authentication.verdict}: ${authentication.evidence}`,
    ),
  );
  return steps;
}

function ownMail({ mail, policy, text }: Facts): Answer {
  const sign = signOfOwnMail(mail, policy);
  return sign === null
    ? { evidence: `From: ${mail.from?.address ?? 'nobody'} is not ours`, verdict: null }
    : { evidence: `${sign} is our own`, verdict: ignored(`own mail, ${sign}`, text) };
}

function bounce({ automatic, text }: Facts): Answer {
  const matches = automatic.kind === 'bounce' || automatic.kind === 'feedback-report';
  return matches && automatic.effect === 'ignore'
    ? { evidence: automatic.evidence, verdict: ignored(automatic.kind.replace('-', ' '), text) }
    : { evidence: 'no report of a delivery', verdict: null };
}

function automaticReply({ automatic, text }: Facts): Answer {
  if (automatic.effect === 'ignore') {
    return { evidence: automatic.evidence, verdict: ignored(automatic.kind.replace('-', ' '), text) };
  }
  const evidence =
    automatic.effect === 'none'
      ? 'nothing says that a program answered'
      : `a real request all the same, but nothing may be sent back: ${automatic.evidence}`;
  return { evidence, verdict: null };
}

function subjectTag({ mail, policy, requester, forward, text }: Facts): Answer {
  const ids = ticketIds(mail.subject, policy.subjectTag);
  if (ids.length === 0) return { evidence: `no ${policy.subjectTag} in the subject`, verdict: null };
  const named = ids.map((id) => `#${id}`).join(', ');
  // What our people forward is the block below their words: trimming would cut off the very mail they mean.
  const trimmed =
    forward.kind === 'of'
      ? { text, quoted: '' }
      : trimReply({
          text: mail.text,
          html: mail.html,
          textIsFromHtml: mail.textIsFromHtml,
          marker: policy.replyMarker,
        });
  const answer = cleanText(trimmed.text);
  const notice = `[The subject names ticket ${named}, but no such ticket of this sender was found.]`;
  const decision: Decision = {
    kind: 'reply',
    ticketIds: ids,
    reply: replyRequest(mail, requester, answer),
    otherwise: ticketRequest(mail, policy, requester, `${notice}\n\n${text}`.trimEnd()),
  };
  return {
    evidence: named,
    verdict: { decision, reason: `the subject names ticket ${named}`, ...kept(answer, cleanText(trimmed.quoted)) },
  };
}

function newTicket({ mail, policy, requester, text }: Facts): Verdict {
  const ticket = ticketRequest(mail, policy, requester, text);
  return { decision: { kind: 'create', ticket }, reason: 'a new request', ...kept(text, '') };
}

function ignored(reason: string, text: string): Verdict {
  return { decision: { kind: 'ignore' }, reason: oneLine(reason), ...kept(text, '') };
}

/** Both texts go into the ledger, so they have the bound of a message. */
function kept(text: string, quoted: string): Pick<Judgement, 'text' | 'quoted'> {
  return { text: clampBytes(text, MAX_TICKET_MESSAGE_BYTES), quoted: clampBytes(quoted, MAX_TICKET_MESSAGE_BYTES) };
}

function step(rule: string, matched: boolean, evidence: string): TraceStep {
  return { rule, matched, evidence: oneLine(evidence) };
}

/** Fit for the ledger, a log and a terminal, whatever the mail put into it. */
function oneLine(text: string): string {
  return clampCharacters(cleanLine(text), MAX_TRACE_EVIDENCE_CHARACTERS);
}
