import type { DayCount, HourCount } from '../../mail/mail-record.js';
import { type Html, html } from './html.js';

/** From the bottom of a bar to its top, with the words of the legend. */
const SERIES = [
  { state: 'created', name: 'Tickets' },
  { state: 'replied', name: 'Replies' },
  { state: 'ignored', name: 'Ignored' },
  { state: 'failed', name: 'Failed' },
] as const;

const HEIGHT = 100;

/** What was settled in each of the last 24 hours, as bars, with the sums in words. */
export function dayChart({ hours, isComplete }: DayCount): Html {
  const sums = SERIES.map(({ state }) => hours.reduce((sum, hour) => sum + hour[state], 0));
  const most = Math.max(1, ...hours.map(total));
  const summary = SERIES.map(({ name }, i) => `${name} ${sums[i]}`).join(', ');
  return html`<section class="day" aria-labelledby="day">
    <h2 id="day">Last 24 hours</h2>
    <ul class="legend">${SERIES.map(
      ({ state, name }, i) =>
        html`<li><svg class="key" viewBox="0 0 1 1" aria-hidden="true"><rect class="${state}" width="1" height="1"/></svg>${name} <b>${sums[i] ?? 0}</b></li>`,
    )}</ul>
    <svg class="bars" viewBox="0 0 240 ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="Mails by hour: ${summary}">
      ${hours.map((hour, i) => bar(hour, i, most))}
      <rect class="ground" y="${HEIGHT - 0.5}" width="240" height="0.5"/>
    </svg>
    <p class="axis"><span>24 h ago</span><span>12 h ago</span><span>now</span></p>
    ${isComplete ? null : html`<p class="quiet">The first hours are still being counted: reload in a moment.</p>`}
  </section>`;
}

function bar(hour: HourCount, index: number, most: number): Html {
  let top = HEIGHT;
  const rects = SERIES.map(({ state }) => {
    const height = round((hour[state] / most) * (HEIGHT - 2));
    top = round(top - height);
    return height === 0
      ? null
      : html`<rect class="${state}" x="${index * 10 + 1}" y="${top}" width="8" height="${height}"/>`;
  });
  const from = new Date(hour.from).toISOString().slice(11, 16);
  const told = SERIES.filter(({ state }) => hour[state] > 0).map(({ state, name }) => `${name} ${hour[state]}`);
  return html`<g><title>${`from ${from} UTC: ${told.join(', ') || 'nothing'}`}</title><rect class="hour" x="${index * 10}" width="10" height="${HEIGHT}"/>${rects}</g>`;
}

function total(hour: HourCount): number {
  return SERIES.reduce((sum, { state }) => sum + hour[state], 0);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
