const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** The zones of RFC 5322 section 4.3, in minutes; the military ones count as unknown. */
const ZONES: Readonly<Record<string, number>> = {
  EST: -300,
  EDT: -240,
  CST: -360,
  CDT: -300,
  MST: -420,
  MDT: -360,
  PST: -480,
  PDT: -420,
};

/**
 * The time of a Date field (RFC 5322 section 3.3, obsolete forms included), null where it cannot be read. A time without
 * a zone counts as UTC: what it means must not hang on the machine it is read on.
 */
export function readDate(value: string): Date | null {
  const match =
    /(\d{1,2})[\s-]+([a-z]{3})[a-z]*[\s.,-]+(\d{2,4})\s+(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?\s*((?:GMT|UTC)?[+-]\d{4}|[a-z]{1,5})?/i.exec(
      value.slice(0, 200),
    );
  if (match === null) return isoDate(value);
  const [, day, monthName = '', yearText = '', hour, minute, second = '0', zone = ''] = match;
  const month = MONTHS.indexOf(monthName.toLowerCase());
  if (month < 0) return null;
  const short = Number(yearText);
  const year = yearText.length > 2 ? (short < 1000 ? short + 1900 : short) : short + (short < 50 ? 2000 : 1900);
  const time = Date.UTC(year, month, Number(day), Number(hour), Number(minute) - offsetOf(zone), Number(second));
  return Number.isNaN(time) ? null : new Date(time);
}

function offsetOf(zone: string): number {
  const numeric = /^(?:GMT|UTC)?([+-])(\d\d)(\d\d)$/i.exec(zone);
  if (numeric === null) return ZONES[zone.toUpperCase()] ?? 0;
  return (numeric[1] === '-' ? -1 : 1) * (Number(numeric[2]) * 60 + Number(numeric[3]));
}

/** The date as an ISO string; '' where there is none that can be read: `toISOString` throws on an invalid one. */
export function isoOf(date: Date | string | undefined): string {
  const time = date === undefined ? Number.NaN : new Date(date).getTime();
  return Number.isNaN(time) ? '' : new Date(time).toISOString();
}

/** Scripts write ISO 8601 into the field. */
function isoDate(value: string): Date | null {
  const match = /^\s*(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?\s*(Z|[+-]\d\d:?\d\d)?/.exec(value);
  if (match === null) return null;
  const date = new Date(`${match[1]}T${match[2]}${(match[3] ?? 'Z').replace(/(\d\d)(\d\d)$/, '$1:$2')}`);
  return Number.isNaN(date.getTime()) ? null : date;
}
