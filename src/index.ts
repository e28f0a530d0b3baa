/**
 * mail2ticket as a library: the client of the SupportEngine API, once-only delivery, and the judgement of mails, each
 * without the service around it.
 */

export * from './errors.js';
export type { Category, CustomField, TicketReply, TicketSummary, TicketView } from './helpdesk/answers.js';
export { HelpdeskClient, type HelpdeskOptions, type TicketReplyRequest } from './helpdesk/client.js';
export { classify, type Failure, type FailureClass } from './helpdesk/failure-classes.js';
export { type Delivery, deliver, type Helpdesk } from './helpdesk/once.js';
export type { Claims, Recognition } from './helpdesk/reconcile.js';
export type { Decision, Priority, ReplyRequest, TicketRequest, TraceStep } from './mail/decision.js';
export { type Explanation, explain } from './mail/explain.js';
export type { KnownTicket } from './mail/ledger-entry.js';
export type { Outcome } from './mail/outcome.js';
export { defaultPolicy, type FieldSource, type MailPolicy } from './mail/policy.js';
export type { Writer } from './mail/writer.js';
