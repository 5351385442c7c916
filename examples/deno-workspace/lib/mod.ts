const NEW_MOON = Date.UTC(2000, 0, 6, 18, 14);
const MONTH = 29.530588853;
const DAY = 24 * 60 * 60 * 1000;

/** How many days the moon is old on a date. */
export function ageOfMoon(date: Date): number {
  const days = (date.getTime() - NEW_MOON) / DAY;
  return days - Math.floor(days / MONTH) * MONTH;
}
