import { type Html, html } from './html.js';

const UNITS = [
  { ms: 86_400_000, name: 'd' },
  { ms: 3_600_000, name: 'h' },
  { ms: 60_000, name: 'min' },
];

/** How long ago, in one unit, the exact time in UTC beside it for who wants it. Times in ms since 1970. */
export function ago(at: number, now: number): Html {
  return html`<time datetime="${new Date(at).toISOString()}" title="${utc(at)}">${words(now - at)}</time>`;
}

/** The exact time, and how long ago that is. */
export function exactly(at: number | null, now: number): Html | null {
  return at === null ? null : html`${utc(at)} <span class="quiet">(${ago(at, now)})</span>`;
}

function words(ms: number): string {
  const past = Math.abs(ms);
  const unit = UNITS.find((candidate) => past >= candidate.ms);
  if (!unit) return ms < 0 ? 'now' : 'just now';
  const length = `${Math.floor(past / unit.ms)} ${unit.name}`;
  return ms < 0 ? `in ${length}` : `${length} ago`;
}

function utc(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
