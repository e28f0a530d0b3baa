import { MAX_CALENDAR_EVENTS } from '../limits.js';

/** One content line of iCalendar (RFC 5545 section 3.1). */
interface Property {
  readonly name: string;
  readonly params: Readonly<Record<string, string>>;
  readonly value: string;
}

/** What METHOD (RFC 5546) makes of an event, as the word before its title. */
const METHODS: Readonly<Record<string, string>> = {
  REQUEST: 'Invitation',
  CANCEL: 'Cancelled',
  REPLY: 'Answer to an invitation',
  COUNTER: 'Other time proposed',
};

/**
 * The events of an iCalendar text as readable lines: title, time with its zone, place, who invites. Times are shown as
 * they are written, in the zone that is written, never recalculated. '' where it holds no event.
 */
export function readCalendar(text: string): string {
  const { method, events } = eventsOf(text);
  return events
    .map((event) => describe(event, method))
    .filter((shown) => shown !== '')
    .join('\n\n');
}

/** What the first event says beside, on its own lines; mail programs repeat it as the text of the mail, others do not. */
export function descriptionIn(text: string): string {
  const description = eventsOf(text).events[0]?.find(({ name }) => name === 'DESCRIPTION')?.value ?? '';
  return unescaped(description).trim();
}

const INVITATION_ANSWER = new RegExp(`^${METHODS.REPLY}: `, 'm');

/** Whether readCalendar wrote the answer to an invitation into this text. */
export function hasInvitationAnswer(text: string): boolean {
  return INVITATION_ANSWER.test(text);
}

function eventsOf(text: string): { method: string; events: readonly (readonly Property[])[] } {
  const events: Property[][] = [];
  let method = '';
  let event: Property[] | null = null;
  /** An alarm within an event has properties of the same names. */
  let nested = 0;
  for (const property of contentLines(text)) {
    if (property.name === 'METHOD') method = property.value.toUpperCase();
    else if (property.name === 'BEGIN' && property.value.toUpperCase() === 'VEVENT') {
      event = [];
      nested = 0;
    } else if (property.name === 'BEGIN') nested++;
    else if (property.name === 'END' && property.value.toUpperCase() === 'VEVENT') {
      if (event !== null) events.push(event);
      if (events.length >= MAX_CALENDAR_EVENTS) break;
      event = null;
    } else if (property.name === 'END') nested--;
    else if (nested <= 0 || event === null) event?.push(property);
  }
  return { method, events };
}

/** '' for an event that says neither what nor when. */
function describe(event: readonly Property[], method: string): string {
  const find = (name: string) => event.find((property) => property.name === name && property.value !== '');
  if (find('SUMMARY') === undefined && find('DTSTART') === undefined) return '';
  const status = find('STATUS')?.value.toUpperCase() === 'CANCELLED' ? 'CANCEL' : method;
  const organizer = find('ORGANIZER');
  const by = [organizer?.params.CN, organizer?.value.replace(/^mailto:/i, '')].filter((part) => part);
  const answers = method === 'REPLY' ? event.filter(({ name }) => name === 'ATTENDEE').map(answerOf) : [];
  return [
    `${METHODS[status] ?? 'Event'}: ${textOf(find('SUMMARY')) || '(no title)'}`,
    line('When', timeOf(find('DTSTART'), find('DTEND'), find('DURATION'))),
    line('Repeats', find('RRULE')?.value ?? ''),
    line('Where', textOf(find('LOCATION'))),
    line('Organizer', [...new Set(by)].join(', ')),
    ...answers,
    line('Comment', textOf(find('COMMENT'))),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function line(label: string, value: string): string {
  return value === '' ? '' : `${label}: ${value}`;
}

function answerOf({ params, value }: Property): string {
  return `${params.CN || value.replace(/^mailto:/i, '')}: ${(params.PARTSTAT ?? 'no answer').toLowerCase()}`;
}

/** RFC 5545 section 3.3.11: escaped text, on one line here. */
function textOf(property: Property | undefined): string {
  return unescaped(property?.value ?? '')
    .replace(/\s+/g, ' ')
    .trim();
}

function unescaped(value: string): string {
  return value.replace(/\\([nN,;\\])/g, (_all, escaped: string) => (escaped.toLowerCase() === 'n' ? '\n' : escaped));
}

function timeOf(start: Property | undefined, end: Property | undefined, duration: Property | undefined): string {
  if (start === undefined) return '';
  const from = clock(start);
  const to = end === undefined ? null : lastDay(clock(end));
  const zone = from.zone === '' ? '' : ` (${from.zone})`;
  if (to === null || to.date < from.date || (to.date === from.date && to.time === from.time)) {
    const length = duration === undefined ? '' : `, for ${duration.value.replace(/^P(?:T)?/, '').toLowerCase()}`;
    return `${[from.date, from.time].filter((part) => part).join(' ')}${zone}${length}`;
  }
  const until = to.date === from.date ? to.time : [to.date, to.time].filter((part) => part).join(' ');
  const otherZone = to.zone !== from.zone && to.zone !== '' ? ` (${to.zone})` : '';
  return otherZone === ''
    ? `${[from.date, from.time].filter((part) => part).join(' ')} – ${until}${zone}`
    : `${from.date} ${from.time}${zone} – ${until}${otherZone}`;
}

/** An event of whole days ends before the day that DTEND names (RFC 5545 section 3.6.1). */
function lastDay(end: Clock): Clock {
  const day = Date.parse(`${end.date}T00:00:00Z`);
  if (end.time !== '' || Number.isNaN(day)) return end;
  return { ...end, date: new Date(day - 24 * 60 * 60 * 1000).toISOString().slice(0, 10) };
}

interface Clock {
  readonly date: string;
  readonly time: string;
  readonly zone: string;
}

/** `20260305T140000Z` as date, time and zone; a value in another form stands as it is. */
function clock({ params, value }: Property): Clock {
  const match = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d{0,2}(Z)?)?$/.exec(value.trim());
  if (match === null) return { date: value.trim(), time: '', zone: params.TZID ?? '' };
  const [, year, month, day, hour, minute, utc] = match;
  const zone = hour === undefined ? '' : utc === 'Z' ? 'UTC' : (params.TZID ?? '');
  return { date: `${year}-${month}-${day}`, time: hour === undefined ? '' : `${hour}:${minute}`, zone };
}

/** The content lines, unfolded. Bounded by the length of the text, which is bounded itself. */
function* contentLines(text: string): Generator<Property> {
  const unfolded = text.replace(/\r\n?/g, '\n').replace(/\n[ \t]/g, '');
  for (const content of unfolded.split('\n')) {
    const match = /^([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=(?:"[^"]*"|[^";:])*)*):(.*)$/.exec(content);
    if (match === null) continue;
    const params: Record<string, string> = {};
    for (const [, name = '', quoted, plain] of (match[2] ?? '').matchAll(/;([A-Za-z0-9-]+)=(?:"([^"]*)"|([^";:]*))/g)) {
      params[name.toUpperCase()] = quoted ?? plain ?? '';
    }
    yield { name: (match[1] ?? '').toUpperCase(), params, value: match[3] ?? '' };
  }
}
