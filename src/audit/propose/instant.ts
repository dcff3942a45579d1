const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)/;
const DAY = 86_400;

/** Seconds since 1970 of a time in UTC as events have it, whole ones. 0 where it is no time. */
export function secondsOf(time: string): number {
  const [year, month, day, hour, minute, second] = (RFC_3339.exec(time) ?? []).slice(1).map(Number);
  if (year === undefined || month === undefined || day === undefined) return 0;
  return daysSince1970(year, month, day) * DAY + (hour ?? 0) * 3_600 + (minute ?? 0) * 60 + (second ?? 0);
}

/** Of the Gregorian calendar, with years that begin in March so that the leap day is their last. */
function daysSince1970(year: number, month: number, day: number): number {
  const shifted = month > 2 ? year : year - 1;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const leapDays = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  return era * 146_097 + yearOfEra * 365 + leapDays + dayOfYear - 719_468;
}

const UNITS: readonly (readonly [number, string])[] = [
  [DAY, 'd'],
  [3_600, 'h'],
  [60, 'm'],
  [1, 's'],
];

/** For people, in the largest unit of which there are two or more: `3d`, `47h`, `90s`. */
export function describeSeconds(seconds: number): string {
  const [size, unit] = UNITS.find(([one]) => seconds >= 2 * one) ?? [1, 's'];
  return `${Math.floor(seconds / size)}${unit}`;
}
