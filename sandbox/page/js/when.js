// Times as people in the district read them: Asia/Shanghai, whatever the browser's own zone is.

const ZONE = "Asia/Shanghai";
const clock = new Intl.DateTimeFormat("zh-CN", { timeZone: ZONE, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const whole = new Intl.DateTimeFormat("zh-CN", { timeZone: ZONE, dateStyle: "full", timeStyle: "short" });
const key = new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE });
const day = new Intl.DateTimeFormat("zh-CN", { timeZone: ZONE, month: "long", day: "numeric", weekday: "short" });
const dayOfYear = new Intl.DateTimeFormat("zh-CN", { timeZone: ZONE, dateStyle: "long" });
const dayEnglish = new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, month: "short", day: "numeric" });

const date = (seconds) => new Date(seconds * 1000);

/** "14:05" */
export const timeOf = (seconds) => clock.format(date(seconds));

/** "2026年11月24日星期二 14:05", for the tooltip. */
export const fullTimeOf = (seconds) => whole.format(date(seconds));

/** "2026-11-24": equal for messages of one day. */
export const dayKey = (seconds) => key.format(date(seconds));

/** The heading of a day: [Chinese, English]. */
export function dayName(seconds, now = Date.now() / 1000) {
  if (dayKey(seconds) === dayKey(now)) return ["今天", "Today"];
  if (dayKey(seconds) === dayKey(now - 86400)) return ["昨天", "Yesterday"];
  const sameYear = dayKey(seconds).slice(0, 4) === dayKey(now).slice(0, 4);
  return [(sameYear ? day : dayOfYear).format(date(seconds)), dayEnglish.format(date(seconds))];
}

/** "0:07" for a voice message. */
export const lengthOf = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

/** "1.4 MB" */
export function sizeOf(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
