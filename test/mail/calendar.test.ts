import { describe, expect, it } from 'vitest';
import { MAX_CALENDAR_EVENTS } from '../../src/limits.js';
import { descriptionIn, readCalendar } from '../../src/mail/calendar.js';

const calendar = (method: string, ...event: string[]) =>
  ['BEGIN:VCALENDAR', `METHOD:${method}`, 'BEGIN:VEVENT', ...event, 'END:VEVENT', 'END:VCALENDAR', ''].join('\r\n');

describe('an invitation', () => {
  it.each([
    [
      'of one day, in a zone',
      calendar(
        'REQUEST',
        'SUMMARY:Review\\, again',
        'DTSTART;TZID=Europe/Berlin:20260305T140000',
        'DTEND;TZID=Europe/Berlin:20260305T150000',
        'LOCATION:Room 1\\nfirst floor',
        'ORGANIZER;CN="Doe, Jane":mailto:jane@shop.test',
      ),
      'Invitation: Review, again\nWhen: 2026-03-05 14:00 – 15:00 (Europe/Berlin)\nWhere: Room 1 first floor\nOrganizer: Doe, Jane, jane@shop.test',
    ],
    [
      'over midnight, in UTC',
      calendar('REQUEST', 'SUMMARY:Night', 'DTSTART:20260305T230000Z', 'DTEND:20260306T010000Z'),
      'Invitation: Night\nWhen: 2026-03-05 23:00 – 2026-03-06 01:00 (UTC)',
    ],
    [
      'from one zone into another',
      calendar(
        'REQUEST',
        'SUMMARY:Flight',
        'DTSTART;TZID=Asia/Tokyo:20260305T100000',
        'DTEND;TZID=Europe/Paris:20260305T153000',
      ),
      'Invitation: Flight\nWhen: 2026-03-05 10:00 (Asia/Tokyo) – 15:30 (Europe/Paris)',
    ],
    [
      'of a whole day',
      calendar('PUBLISH', 'SUMMARY:Fair', 'DTSTART;VALUE=DATE:20260305'),
      'Event: Fair\nWhen: 2026-03-05',
    ],
    [
      'of two days, of which the end names the third',
      calendar('PUBLISH', 'SUMMARY:Fair', 'DTSTART;VALUE=DATE:20260331', 'DTEND;VALUE=DATE:20260402'),
      'Event: Fair\nWhen: 2026-03-31 – 2026-04-01',
    ],
    [
      'of one day, of which the end names the next',
      calendar('PUBLISH', 'SUMMARY:Fair', 'DTSTART;VALUE=DATE:20260305', 'DTEND;VALUE=DATE:20260306'),
      'Event: Fair\nWhen: 2026-03-05',
    ],
    [
      'that was answered with a comment',
      calendar(
        'REPLY',
        'SUMMARY:Call',
        'ATTENDEE;CN=Jo;PARTSTAT=DECLINED:mailto:jo@shop.test',
        'COMMENT:No time\\, sorry',
      ),
      'Answer to an invitation: Call\nJo: declined\nComment: No time, sorry',
    ],
    [
      'with a length',
      calendar('REQUEST', 'SUMMARY:Call', 'DTSTART:20260305T140000Z', 'DURATION:PT1H30M'),
      'Invitation: Call\nWhen: 2026-03-05 14:00 (UTC), for 1h30m',
    ],
    [
      'that repeats',
      calendar('REQUEST', 'SUMMARY:Weekly', 'DTSTART:20260305T140000Z', 'RRULE:FREQ=WEEKLY;COUNT=3'),
      'Invitation: Weekly\nWhen: 2026-03-05 14:00 (UTC)\nRepeats: FREQ=WEEKLY;COUNT=3',
    ],
    ['that was cancelled', calendar('CANCEL', 'SUMMARY:Gone'), 'Cancelled: Gone'],
    [
      'that was answered',
      calendar('REPLY', 'SUMMARY:Call', 'ATTENDEE;CN=Jo;PARTSTAT=DECLINED:mailto:jo@shop.test'),
      'Answer to an invitation: Call\nJo: declined',
    ],
    [
      'with an alarm, which has words of its own',
      calendar('REQUEST', 'BEGIN:VALARM', 'SUMMARY:Alarm', 'END:VALARM', 'SUMMARY:Call'),
      'Invitation: Call',
    ],
    ['with a folded title', calendar('REQUEST', 'SUMMARY:A long', '  title'), 'Invitation: A long title'],
  ])('is told in lines: %s', (_what, text, lines) => {
    expect(readCalendar(text)).toBe(lines);
  });

  it.each([['nothing'], [calendar('REQUEST', 'UID:1')], ['BEGIN:VEVENT\nSUMMARY:never ends']])(
    'says nothing of %j',
    (text) => {
      expect(readCalendar(text)).toBe('');
    },
  );

  it('of many events is told up to a limit', () => {
    const events = (count: number) => readCalendar(calendar('REQUEST', 'SUMMARY:x').repeat(count)).split('\n\n').length;
    expect(events(MAX_CALENDAR_EVENTS)).toBe(MAX_CALENDAR_EVENTS);
    expect(events(MAX_CALENDAR_EVENTS + 1)).toBe(MAX_CALENDAR_EVENTS);
  });
});

it('describes its first event in lines of its own', () => {
  expect(descriptionIn(calendar('REQUEST', 'SUMMARY:Call', 'DESCRIPTION:One\\nTwo\\, three'))).toBe('One\nTwo, three');
  expect(descriptionIn('no calendar')).toBe('');
});
