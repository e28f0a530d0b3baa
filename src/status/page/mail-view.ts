import { cleanLine } from '../../mail/clean.js';
import { type FailureRecord, type MailRecord, placeOf } from '../../mail/mail-record.js';
import { type Html, html } from './html.js';
import { badge, line } from './list-view.js';
import { ago, exactly } from './when.js';

export interface MailView {
  readonly mail: MailRecord;
  readonly notice: Html | null;
  readonly token: string;
  readonly now: number;
}

/** All that is known of one mail: what became of it, why, and how its attempts ended. */
export function mailView({ mail, notice, token, now }: MailView): Html {
  return html`
<p class="back"><a href="/">← All mails</a></p>
<h1 class="subject">${line(mail.subject, '(no subject)')}</h1>
${notice}
<p class="verdict">${badge(mail)} ${cleanLine(mail.reason)}</p>
${mail.state === 'failed' ? retry(mail, token) : null}
<dl>
${fact('From', html`<a href="/?search=${encodeURIComponent(mail.from)}">${line(mail.from, '(nobody)')}</a>`)}
${fact('Whose ticket', mail.requester)}
${fact('Written by', mail.automatic === null ? null : mail.automatic === 'none' ? 'a person' : `a program (${mail.automatic})`)}
${fact('Message-ID', mail.messageId === null ? null : html`<code>${cleanLine(mail.messageId)}</code>`)}
${fact('Received', exactly(mail.receivedAt, now))}
${fact('Queued', exactly(mail.queuedAt, now))}
${fact('Settled', exactly(mail.settledAt, now))}
${fact('Next attempt', exactly(mail.nextAttemptAt, now))}
${fact('Attempts', mail.attempts === 0 ? null : mail.attempts)}
${fact('Now lies in', placeOf(mail))}
${fact('Mailbox', html`<code>${mail.mailbox}</code>`)}
${fact('Id', html`<code>${mail.id}</code>`)}
</dl>
${mail.failures.length === 0 ? null : failures(mail.failures, now)}
<h2>Why: the rules that were asked</h2>
${mail.trace.length === 0 ? html`<p class="quiet">Not kept for this mail.</p>` : trace(mail)}`;
}

function fact(name: string, value: string | number | Html | null): Html | null {
  return value === null || value === '' ? null : html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}

function trace({ trace: steps }: MailRecord): Html {
  return html`<ol class="trace">${steps.map(
    ({ rule, matched, evidence }) =>
      html`<li class="${matched ? 'matched' : 'passed'}"><b>${rule}</b><span class="hidden">${matched ? ' matched: ' : ' did not match: '}</span><span>${cleanLine(evidence)}</span></li>`,
  )}</ol>`;
}

function failures(list: readonly FailureRecord[], now: number): Html {
  return html`<h2>Attempts that failed</h2><ol class="failures">${list.map(
    ({ message, firstAt, lastAt, times }) =>
      html`<li><span>${cleanLine(message)}</span> <span class="quiet">${
        times === 1 ? ago(lastAt, now) : html`${times} times, first ${ago(firstAt, now)}, last ${ago(lastAt, now)}`
      }</span></li>`,
  )}</ol>`;
}

function retry({ id, filedIn, ingested }: MailRecord, token: string): Html {
  if (filedIn !== 'Failed' && !ingested)
    return html`<p class="quiet">It is about to be moved to Mail2Ticket/Failed; then it can be tried again.</p>`;
  return html`<form class="retry" method="post" action="/retry">
  <input type="hidden" name="token" value="${token}"><input type="hidden" name="id" value="${id}">
  <button class="main">Retry</button>
  <p class="quiet">${
    ingested
      ? 'Puts it into the queue again, judged as it was.'
      : 'Moves it back into the watched folder, where it is tried again under today’s configuration.'
  }</p>
</form>`;
}
