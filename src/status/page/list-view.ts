import { MAX_INDEXED_CHARACTERS } from '../../limits.js';
import { cleanLine } from '../../mail/clean.js';
import type { DayCount, MailList, MailQuery, MailState, MailSummary } from '../../mail/mail-record.js';
import { dayChart } from './chart.js';
import { type Html, html } from './html.js';
import { ago } from './when.js';

const FILTERS: readonly { readonly state: MailState | null; readonly name: string }[] = [
  { state: null, name: 'All' },
  { state: 'failed', name: 'Failed' },
  { state: 'under-way', name: 'Under way' },
  { state: 'created', name: 'Tickets' },
  { state: 'replied', name: 'Replies' },
  { state: 'ignored', name: 'Ignored' },
];

export interface ListView {
  readonly query: MailQuery;
  readonly list: MailList;
  /** Null where the chart is left out. */
  readonly day: DayCount | null;
  readonly counts: { readonly underWay: number; readonly failed: number };
  readonly notice: Html | null;
  readonly token: string;
  readonly now: number;
}

/** The latest mails with what became of each, the day's chart, and the search. */
export function listView({ query, list, day, counts, notice, token, now }: ListView): Html {
  const { state, search } = query;
  const numbers: Partial<Record<MailState, number>> = { failed: counts.failed, 'under-way': counts.underWay };
  return html`
<h1>What became of this mail?</h1>
${notice}
<form class="search" role="search" action="/">
  <label for="search">Sender, subject, Message-ID or ticket</label>
  <input id="search" type="search" name="search" value="${search}" placeholder="ann@example.com, #123, …" autocomplete="off" maxlength="${MAX_INDEXED_CHARACTERS}">
  ${state === null ? null : html`<input type="hidden" name="state" value="${state}">`}
  <button>Search</button>
</form>
${day === null ? null : dayChart(day)}
<nav class="filters" aria-label="Which mails">${FILTERS.map((filter) => {
    const count = filter.state === null ? undefined : numbers[filter.state];
    const current = filter.state === state ? html` aria-current="page"` : null;
    return html`<a href="${address({ ...query, state: filter.state, offset: 0 })}"${current}>${filter.name}${count ? html` <b>${count}</b>` : null}</a>`;
  })}</nav>
${state === 'failed' && counts.failed > 0 ? retryAll(counts.failed, token) : null}
${
  list.mails.length === 0
    ? html`<p class="empty">${nothingFound(query)}</p>`
    : html`<table role="table"><caption class="hidden">Mails, the latest first</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader">Outcome</th><th role="columnheader">Mail</th><th role="columnheader">Reason</th><th role="columnheader" class="age">Age</th></tr></thead>
<tbody role="rowgroup">${list.mails.map((mail) => row(mail, now))}</tbody></table>`
}
${pages(query, list)}
${
  list.searched < list.total
    ? html`<p class="quiet">Looked through the latest ${list.searched} of ${list.total} mails; older ones are being read. <a href="${address(query)}">Look again</a></p>`
    : null
}`;
}

/** What became of a mail, in a word that the colour only repeats. */
export function badge({ state, ticketId }: Pick<MailSummary, 'state' | 'ticketId'>): Html {
  switch (state) {
    case 'created':
      return html`<span class="badge created">Ticket <b>#${ticketId}</b></span>`;
    case 'replied':
      return html`<span class="badge replied">Reply on <b>#${ticketId}</b></span>`;
    case 'ignored':
      return html`<span class="badge ignored">Ignored</span>`;
    case 'failed':
      return html`<span class="badge failed">Failed</span>`;
    case 'under-way':
      return html`<span class="badge under-way">Under way</span>`;
  }
}

/** A line that a stranger wrote: without control characters and turned reading directions, and never without anything to click on. */
export function line(text: string, instead: string): Html {
  return html`<bdi>${cleanLine(text) || instead}</bdi>`;
}

function row(mail: MailSummary, now: number): Html {
  return html`<tr role="row" class="${mail.state}">
<td role="cell" class="outcome">${badge(mail)}</td>
<td role="cell" class="mail"><a href="/mails/${mail.id}">${line(mail.subject, '(no subject)')}</a><span class="from">${line(mail.from, '(nobody)')}</span></td>
<td role="cell" class="reason">${cleanLine(mail.reason)}</td>
<td role="cell" class="age">${ago(mail.at, now)}</td>
</tr>`;
}

function retryAll(count: number, token: string): Html {
  return html`<form class="retry" method="post" action="/retry">
  <input type="hidden" name="token" value="${token}"><input type="hidden" name="all" value="yes">
  <button class="main">${count === 1 ? 'Retry it' : `Retry all ${count}`}</button>
  <p class="quiet">Moves them back into the watched folder, where they are tried again under today’s configuration.</p>
</form>`;
}

function nothingFound({ search, state }: MailQuery): string {
  if (search !== '')
    return 'No mail matches. The ledger keeps mails for LEDGER_DAYS; older ones still lie in the mailbox.';
  if (state === 'failed') return 'No mail has failed.';
  return state === 'under-way' ? 'No mail is under way.' : 'No mail yet.';
}

function pages(query: MailQuery, { more }: MailList): Html | null {
  const { offset, limit } = query;
  if (offset === 0 && !more) return null;
  const newer = { ...query, offset: Math.max(0, offset - limit) };
  const older = { ...query, offset: offset + limit };
  return html`<nav class="pages" aria-label="Older and newer mails">${offset > 0 ? html`<a rel="prev" href="${address(newer)}">← Newer</a>` : null}${more ? html`<a rel="next" href="${address(older)}">Older →</a>` : null}</nav>`;
}

function address({ state, search, offset, limit }: MailQuery): string {
  const parameters = new URLSearchParams();
  if (state !== null) parameters.set('state', state);
  if (search !== '') parameters.set('search', search);
  if (offset > 0) parameters.set('page', String(offset / limit + 1));
  return parameters.size === 0 ? '/' : `/?${parameters}`;
}
