// Numbers and times for people.

const BINARY = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

export function bytes(count) {
  let value = count;
  let unit = 0;
  while (value >= 1024 && unit < BINARY.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value >= 100 || unit === 0 || Number.isInteger(value) ? Math.round(value) : value.toFixed(1)} ${BINARY[unit]}`;
}

export const mib = (count) => bytes(count * 1024 * 1024);

export const rate = (perSecond) => `${bytes(perSecond)}/s`;

export const percent = (share) => `${share >= 9.95 || share === 0 ? Math.round(share) : share.toFixed(1)} %`;

export function duration(seconds) {
  const whole = Math.floor(seconds);
  const days = Math.floor(whole / 86400);
  const hours = Math.floor(whole / 3600) % 24;
  const minutes = Math.floor(whole / 60) % 60;
  if (days > 0) {
    return `${days} d ${hours} h`;
  }
  if (hours > 0) {
    return `${hours} h ${minutes} min`;
  }
  return minutes > 0 ? `${minutes} min ${whole % 60} s` : `${whole} s`;
}

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

export const clock = (time) => CLOCK.format(new Date(time));

export const count = (number, one, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;

/** Any text on one line. */
export const short = (text, length) => (text.length <= length ? text : `${text.slice(0, length - 1)}…`);
