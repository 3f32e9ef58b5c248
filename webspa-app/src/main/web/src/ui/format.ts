const MONEY = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });
const DATE = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });
const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

export function money(amount: number): string {
  return MONEY.format(amount);
}

export function dateTime(iso: string): string {
  return format(DATE, iso);
}

export function clock(iso: string): string {
  return format(CLOCK, iso);
}

function format(how: Intl.DateTimeFormat, iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : how.format(date);
}
