import type { PartHealth } from '../health.js';
import { type Html, html } from './html.js';

/** A whole document around the content of a page. */
export function layout(title: string, content: Html, parts: Readonly<Record<string, PartHealth>> = {}): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} · mail2ticket</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/page.css">
</head>
<body>
<a class="skip" href="#content">To the content</a>
<header>
  <p class="name"><a href="/">mail2ticket</a></p>
  <nav aria-label="Pages"><a href="/">Mails</a><a href="/queues/">Queue</a></nav>
</header>
<main id="content">
${troubles(parts)}
${content}
</main>
</body>
</html>`.markup;
}

/** What does not work now, above all else: it explains most of what stands below. */
function troubles(parts: Readonly<Record<string, PartHealth>>): Html | null {
  const broken = Object.entries(parts).filter(([, { ok }]) => !ok);
  if (broken.length === 0) return null;
  return html`<section class="notice bad" aria-label="What does not work now"><ul>${broken.map(
    ([part, { reason, since }]) =>
      html`<li><b>${part}</b>: ${reason} <span class="quiet">since ${since.slice(0, 19).replace('T', ' ')} UTC</span></li>`,
  )}</ul></section>`;
}
