import type { Reply, Ticket } from './database.js';

/** Rows of the list; a torture test makes more tickets than a browser likes to redraw. */
const MAX_ROWS = 500;

/** The list of tickets, newest first. */
export function listPage(tickets: readonly Ticket[], replyCount: (ticketId: number) => number): string {
  const rows = tickets
    .slice(-MAX_ROWS)
    .reverse()
    .map((ticket) => {
      const replies = replyCount(ticket.id);
      return `
      <li><a href="/tickets/${ticket.id}">
        <span class="id">#${ticket.id}</span>
        <span class="what"><b>${escaped(ticket.subject)}</b><small>${escaped(who(ticket))}</small></span>
        <span class="meta">${badge(ticket.priority)}<small>${replies === 0 ? '' : replies === 1 ? '1 reply' : `${replies} replies`}</small></span>
        <time>${ticket.created_at}</time>
      </a></li>`;
    });
  const list = rows.length === 0 ? '<p class="empty">No tickets yet.</p>' : `<ul class="list">${rows.join('')}</ul>`;
  return page('Tickets', `<h1>Tickets <small>${tickets.length}</small></h1>${list}`, { refreshSeconds: 3 });
}

/** One ticket with its replies, in the order they came. */
export function ticketPage(ticket: Ticket, replies: readonly Reply[], agents: readonly string[]): string {
  const fields = Object.entries(ticket.custom_fields).filter(([, value]) => value !== '');
  const facts = [
    ['From', who(ticket)],
    ['Company', ticket.company ?? ''],
    ['Category', ticket.category_id ?? ''],
    ...fields.map(([id, value]) => [`Field ${id}`, value] as const),
  ].filter(([, value]) => value !== '');
  return page(
    `#${ticket.id} ${ticket.subject}`,
    `
    <p><a href="/">&larr; All tickets</a></p>
    <h1><span class="id">#${ticket.id}</span> ${escaped(ticket.subject)} ${badge(ticket.priority)}</h1>
    <dl>${facts.map(([name, value]) => `<dt>${escaped(name ?? '')}</dt><dd>${escaped(value ?? '')}</dd>`).join('')}</dl>
    ${post(who(ticket), ticket.created_at, ticket.message, 'customer')}
    ${replies
      .map((reply) => {
        const agent = reply.user_id === null ? undefined : agents[reply.user_id - 1];
        return post(agent ?? who(ticket), reply.created_at, reply.message, agent ? 'agent' : 'customer');
      })
      .join('')}`,
  );
}

export function notFoundPage(): string {
  return page('Not found', '<h1>Not found</h1><p><a href="/">All tickets</a></p>');
}

function post(author: string, at: string, message: string, role: 'customer' | 'agent'): string {
  return `<article class="${role}"><header><b>${escaped(author)}</b>${role === 'agent' ? ' <span class="badge">agent</span>' : ''}
    <time>${at}</time></header><p>${escaped(message)}</p></article>`;
}

function who({ name, email }: Ticket): string {
  return name === null ? email : `${name} <${email}>`;
}

function badge(priority: string): string {
  return `<span class="badge ${escaped(priority)}">${escaped(priority)}</span>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function page(title: string, body: string, { refreshSeconds = 0 } = {}): string {
  const refresh = refreshSeconds > 0 ? `<meta http-equiv="refresh" content="${refreshSeconds}">` : '';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">${refresh}
<title>${escaped(title)} – helpdesk</title><style>${STYLE}</style></head>
<body><nav><a href="/">Helpdesk</a><span>a look-alike of SupportEngine, for demo and tests</span></nav><main>${body}</main></body></html>`;
}

const STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#1c2430, #e6e9ee); --dim: light-dark(#5d6878, #98a2b1);
  --paper: light-dark(#f4f6f9, #12161c); --card: light-dark(#fff, #1a2029); --line: light-dark(#dfe4ea, #2b3340);
  --accent: light-dark(#1f5fd0, #7fb0ff); --agent: light-dark(#eaf2ff, #18263c); }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
nav { display: flex; gap: 1rem; align-items: baseline; padding: .8rem 1.5rem; background: var(--card); border-bottom: 1px solid var(--line); }
nav a { font-weight: 700; } nav span, small, time, dt { color: var(--dim); font-size: .85rem; }
main { max-width: 56rem; margin: 0 auto; padding: 1rem 1.5rem 4rem; }
a { color: var(--accent); text-decoration: none; }
h1 { font-size: 1.4rem; overflow-wrap: anywhere; } .id { color: var(--dim); font-variant-numeric: tabular-nums; }
.list { list-style: none; margin: 0; padding: 0; background: var(--card); border: 1px solid var(--line); border-radius: 10px; overflow: hidden; }
.list li + li { border-top: 1px solid var(--line); }
.list a { display: grid; grid-template-columns: 3.5rem 1fr auto auto; gap: 1rem; align-items: center; padding: .7rem 1rem; color: inherit; }
.list a:hover { background: var(--agent); }
.what { min-width: 0; } .what b, .what small { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.meta { text-align: right; } .meta small { display: block; }
.badge { padding: .05rem .5rem; border-radius: 99px; font-size: .75rem; font-weight: 600; background: var(--line); color: var(--ink); vertical-align: middle; }
.badge.high { background: light-dark(#fde3e1, #5b2320); } .badge.low { background: light-dark(#e3f3e6, #1f4229); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; } dd { margin: 0; overflow-wrap: anywhere; }
article { margin: 1rem 0; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
article.agent { background: var(--agent); margin-left: 3rem; }
article header { display: flex; gap: .6rem; align-items: baseline; padding: .6rem 1rem; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
article time { margin-left: auto; white-space: nowrap; } article p { margin: 0; padding: .8rem 1rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.empty { color: var(--dim); text-align: center; padding: 4rem 0; }`;
