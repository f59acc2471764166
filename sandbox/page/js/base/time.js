/** Times as people read them, always in the viewer's own zone (an IANA name). Inputs are Unix seconds. */

const formatters = new Map();

function formatter(tz, key, options) {
  const id = `${tz} ${key}`;
  if (!formatters.has(id)) {
    let zone = tz;
    try {
      new Intl.DateTimeFormat("en-US", { timeZone: tz });
    } catch {
      zone = undefined;
    }
    formatters.set(id, new Intl.DateTimeFormat("en-US", { timeZone: zone, ...options }));
  }
  return formatters.get(id);
}

const STYLES = {
  time: { hour: "numeric", minute: "2-digit" },
  time_secs: { hour: "numeric", minute: "2-digit", second: "2-digit" },
  date_short: { month: "short", day: "numeric", year: "numeric" },
  date: { month: "long", day: "numeric", year: "numeric" },
  date_long: { weekday: "long", month: "long", day: "numeric", year: "numeric" },
  day: { weekday: "long", month: "long", day: "numeric" },
  day_year: { weekday: "long", month: "long", day: "numeric", year: "numeric" },
  full: {
    weekday: "long",
    month: "long",
    day: "numeric",
    year: "numeric",
    hour: "numeric",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "short",
  },
};

/** @param {number} seconds @param {string} tz @param {keyof typeof STYLES} style */
export function format(seconds, tz, style) {
  return formatter(tz, style, STYLES[style]).format(seconds * 1000);
}

/** Dates by zone and quarter of an hour (offsets are whole quarters), because every row asks for its day. */
const days = new Map();
const QUARTER = 900;
const MOST_DAYS = 5000;

/** `YYYY-MM-DD` on the wall in `tz`. */
function dayOf(seconds, tz) {
  const key = `${tz} ${Math.floor(seconds / QUARTER)}`;
  let day = days.get(key);
  if (day === undefined) {
    if (days.size > MOST_DAYS) days.clear();
    day = wall(seconds, tz).date;
    days.set(key, day);
  }
  return day;
}

/** `YYYY-MM-DD` and `HH:mm` on the wall in `tz`. */
export function wall(seconds, tz) {
  const options = {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  };
  const parts = {};
  for (const part of formatter(tz, "wall", options).formatToParts(seconds * 1000)) parts[part.type] = part.value;
  return { date: `${parts.year}-${parts.month}-${parts.day}`, time: `${parts.hour}:${parts.minute}` };
}

/** Unix seconds of a wall-clock date and time in `tz`; a time the clock skips becomes the next that exists. */
export function epoch(date, time, tz) {
  const wanted = Date.parse(`${date}T${time}:00Z`) / 1000;
  let guess = wanted;
  for (let round = 0; round < 3; round += 1) {
    const shown = wall(guess, tz);
    const off = wanted - Date.parse(`${shown.date}T${shown.time}:00Z`) / 1000;
    if (off === 0) break;
    guess += off;
  }
  return guess;
}

/** Days from the day of `now` to the day of `seconds`, in `tz`. */
function daysAway(seconds, now, tz) {
  const day = (at) => Date.parse(`${dayOf(at, tz)}T00:00:00Z`) / 86400000;
  return day(seconds) - day(now);
}

const NEAR = { "-1": "Yesterday", 0: "Today", 1: "Tomorrow" };

/** "Today", "Yesterday" or "Wednesday, November 18th". */
export function dayLabel(seconds, tz, now) {
  const away = daysAway(seconds, now, tz);
  if (away === 0 || away === -1) return NEAR[away];
  const sameYear = dayOf(seconds, tz).slice(0, 4) === dayOf(now, tz).slice(0, 4);
  return sameYear ? `${format(seconds, tz, "day")}${ordinal(seconds, tz)}` : format(seconds, tz, "day_year");
}

function ordinal(seconds, tz) {
  const day = Number(wall(seconds, tz).date.slice(8));
  if (day % 100 >= 11 && day % 100 <= 13) return "th";
  return { 1: "st", 2: "nd", 3: "rd" }[day % 10] || "th";
}

/** "3 minutes ago", "in 2 hours", "1 day ago": never "yesterday", which 40 hours ago is not. */
export function ago(seconds, now) {
  const away = seconds - now;
  const relative = new Intl.RelativeTimeFormat("en-US");
  for (const [unit, size] of [
    ["year", 31536000],
    ["month", 2592000],
    ["day", 86400],
    ["hour", 3600],
    ["minute", 60],
  ]) {
    if (Math.abs(away) >= size) return relative.format(Math.trunc(away / size), unit);
  }
  return Math.abs(away) < 5 ? "just now" : relative.format(Math.trunc(away), "second");
}

function pretty(seconds, tz, now, style) {
  return NEAR[daysAway(seconds, now, tz)]?.toLowerCase() ?? spelled(seconds, tz, style);
}

/**
 * Slack's date tokens (`{date_short_pretty} at {time}`) filled in for `tz`.
 * https://docs.slack.dev/messaging/formatting-message-text#date-formatting
 */
export function slackDate(seconds, text, tz, now) {
  const filled = text.replace(/\{(\w+)\}/g, (whole, token) => {
    const away = daysAway(seconds, now, tz);
    switch (token) {
      case "date_num":
        return wall(seconds, tz).date;
      case "date_slash":
        return wall(seconds, tz).date.replaceAll("-", "/");
      case "date":
      case "date_short":
      case "date_long":
      case "time":
      case "time_secs":
        return spelled(seconds, tz, token);
      case "date_pretty":
        return pretty(seconds, tz, now, "date");
      case "date_short_pretty":
        return pretty(seconds, tz, now, "date_short");
      case "date_long_pretty":
        return pretty(seconds, tz, now, "date_long");
      case "day_divider_pretty":
        return NEAR[away]?.toLowerCase() ?? format(seconds, tz, "day");
      case "ago":
        return ago(seconds, now);
      default:
        return whole;
    }
  });
  // A relative word that begins the text begins with a capital.
  return text.startsWith("{") ? filled.charAt(0).toUpperCase() + filled.slice(1) : filled;
}

/** As Slack writes a token: "November 21st, 2026". */
function spelled(seconds, tz, style) {
  const shown = format(seconds, tz, style);
  return style === "date" || style === "date_long" ? shown.replace(/(\d+),/, `$1${ordinal(seconds, tz)},`) : shown;
}

/** "1.2 MB". @param {number} bytes */
export function size(bytes) {
  for (const [unit, each] of [
    ["GB", 2 ** 30],
    ["MB", 2 ** 20],
    ["kB", 1024],
  ]) {
    if (bytes >= each) return `${(bytes / each).toFixed(bytes / each < 10 ? 1 : 0)} ${unit}`;
  }
  return `${bytes} bytes`;
}
