/** Markup that is safe to send. Only the tag below makes it, so that nothing reaches a page unescaped. */
export class Html {
  constructor(readonly markup: string) {}
}

type Value = string | number | Html | null | readonly Value[];

/** A template whose values are escaped, unless they are markup already; null is nothing, of a list each item is one. Attribute values need quotes around them. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(strings.reduce((markup, string, i) => markup + render(values[i - 1] ?? null) + string));
}

function render(value: Value): string {
  if (value === null) return '';
  if (value instanceof Html) return value.markup;
  if (typeof value === 'object') return value.map(render).join('');
  return String(value).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
