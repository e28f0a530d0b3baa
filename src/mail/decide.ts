import {
  MAX_PEOPLE_KEPT,
  MAX_REFERENCES,
  MAX_TICKET_MESSAGE_BYTES,
  MAX_TRACE_EVIDENCE_CHARACTERS,
  MAX_TRACE_REPAIRS,
} from '../limits.js';
import { type Authentication, authenticationOf } from './authentication.js';
import { type Automatic, classify, signOfOwnMail } from './automatic.js';
import { readBounce } from './bounce.js';
import { clampBytes, clampCharacters } from './clamp.js';
import { cleanLine, cleanText } from './clean.js';
import type { Decision, Judgement, TraceStep } from './decision.js';
import { type Forward, forwardOf } from './forward.js';
import type { IncomingMail } from './message.js';
import { isSurelyNew, NOT_VERIFIED, NOTICE_BYTES } from './notice.js';
import type { MailPolicy } from './policy.js';
import { trimReply } from './quotes.js';
import { replyRequest, ticketRequest } from './request.js';
import { asRequester, isListed, type Requester, requesterOf } from './sender.js';
import { ticketIds } from './subject-tag.js';
import { isDoubted, isMarked, peopleOf, type Writer, writerOf } from './writer.js';

/** What is known of a mail beyond its bytes. */
export interface Circumstances {
  /** A person dragged it out of Ignored: it is real, and no rule may ignore it. */
  readonly real?: boolean;
  /** Who it is from, where more than the results of the operator's servers was asked. */
  readonly authentication?: Authentication;
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
  readonly writer: Writer;
  /** Whether what it becomes is marked as of an unverified sender. */
  readonly mark: boolean;
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
  { name: 'blocked sender', ignores: true, ask: blockedSender },
  { name: 'subject tag', ignores: false, ask: subjectTag },
  { name: 'thread', ignores: false, ask: thread },
];

/**
 * Says what shall become of a mail, and why. Every mail gets a decision, and the fields of a ticket or reply can be sent as
 * they are.
 */
export function judge(mail: IncomingMail, policy: MailPolicy, circumstances: Circumstances = {}): Judgement {
  const { real = false, authentication = authenticationOf(mail, policy.trust) } = circumstances;
  const facts = factsOf(mail, policy, authentication);
  const trace = stepsBeforeTheRules(facts);
  const verdict = askRules(facts, real, trace);
  if (verdict.decision.kind === 'reply') trace.push(gateStep(verdict.decision));
  return {
    ...verdict,
    trace,
    automatic: facts.automatic,
    authentication: facts.authentication.verdict,
    // Whoever forges a sender must not let others into the ticket by the mail's Cc.
    people: isDoubted(policy, facts.authentication) ? [] : peopleOf(mail, policy).slice(0, MAX_PEOPLE_KEPT),
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

function factsOf(mail: IncomingMail, policy: MailPolicy, authentication: Authentication): Facts {
  const forward = forwardOf(mail, policy);
  const requester =
    forward.kind === 'of'
      ? { ...asRequester(forward.original), evidence: `forwarded From: ${forward.original.address}` }
      : requesterOf(mail, policy, authentication.verdict === 'pass');
  const automatic = classify(mail, policy);
  return {
    mail,
    policy,
    automatic: { ...automatic, evidence: oneLine(automatic.evidence) },
    forward,
    requester,
    authentication,
    writer: writerOf(mail, policy, requester, forward, authentication),
    mark: isMarked(policy, authentication),
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

function blockedSender({ mail, policy, text }: Facts): Answer {
  const from = mail.from?.address ?? '';
  return isListed(from, policy.blockedSenders)
    ? { evidence: `From: ${from} is blocked`, verdict: ignored(`blocked sender ${from}`, text) }
    : { evidence: 'not in BLOCKED_SENDERS', verdict: null };
}

function subjectTag(facts: Facts): Answer {
  const { mail, policy } = facts;
  const ids = ticketIds(mail.subject, policy.subjectTag);
  if (ids.length === 0) return { evidence: `no ${policy.subjectTag} in the subject`, verdict: null };
  const named = ids.map((id) => `#${id}`).join(', ');
  return { evidence: named, verdict: reply(facts, ids, `the subject names ticket ${named}`) };
}

function thread(facts: Facts): Answer {
  const [nearest] = parentsOf(facts.mail);
  if (nearest === undefined) return { evidence: 'no In-Reply-To or References', verdict: null };
  const reason = 'a new request, unless the ledger knows the mail it answers';
  return { evidence: `answers ${nearest}`, verdict: reply(facts, [], reason) };
}

/** A reply to the tickets of its tags, or to those of the mails it answers; where none of them is open to it, a new ticket. */
function reply(facts: Facts, ids: readonly number[], reason: string): Verdict {
  const { mail, policy, requester, forward, writer, mark, text } = facts;
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
  const decision: Decision = {
    kind: 'reply',
    ticketIds: ids,
    parents: parentsOf(mail),
    writer,
    reply: replyRequest(mail, requester, marked(answer, mark)),
    otherwise: ticketRequest(mail, policy, requester, text, NOTICE_BYTES),
    mark,
  };
  // Whether the ledger knows what a mail without a tag answers is not known here: its whole text is safe to keep.
  const read = isSurelyNew(decision) ? kept(text, '') : kept(answer, cleanText(trimmed.quoted));
  return { decision, reason, ...read };
}

/** Message-IDs of the mails that this one answers, the nearest first, each once and at most MAX_REFERENCES; its own is none of them. */
function parentsOf({ inReplyTo, references, messageId }: IncomingMail): string[] {
  const ids = new Set([...(inReplyTo === null ? [] : [inReplyTo]), ...references.toReversed()]);
  if (messageId !== null) ids.delete(messageId);
  return [...ids].slice(0, MAX_REFERENCES);
}

/** What the gate will be asked, as far as that can be told without the helpdesk and the ledger. */
function gateStep(decision: Extract<Decision, { kind: 'reply' }>): TraceStep {
  const { ticketIds, parents, writer, reply } = decision;
  if (writer.kind === 'nobody') return step('reply gate', false, `shut: ${writer.why}`);
  const which = [
    ...ticketIds.map((id) => `#${id}`),
    ...(parents.length > 0 ? ['the ticket of the mail it answers'] : []),
  ];
  const question =
    writer.kind === 'staff'
      ? `verified staff may write into any ticket; would be asked of the helpdesk: is there ${which.join(', or ')}?`
      : `would be asked of the helpdesk: is ${which.join(', or ')} a ticket of ${reply.user_email}?`;
  const part =
    writer.kind === 'customer' && writer.mayTakePart ? ' Else of the ledger: has that address taken part in it?' : '';
  return step('reply gate', true, question + part);
}

function newTicket({ mail, policy, requester, mark, text }: Facts): Verdict {
  const ticket = ticketRequest(mail, policy, requester, marked(text, mark));
  return { decision: { kind: 'create', ticket }, reason: 'a new request', ...kept(text, '') };
}

function marked(text: string, mark: boolean): string {
  return mark ? `${NOT_VERIFIED}\n\n${text}`.trimEnd() : text;
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
