/** A duration as people say it: `13 min`, `15 min 5 s`, `42 s`. */
export function minutes(durationSeconds: number): string {
  const whole = Math.round(durationSeconds);
  const [inMinutes, rest] = [Math.floor(whole / 60), whole % 60];
  if (inMinutes === 0) return `${rest} s`;
  return rest === 0 ? `${inMinutes} min` : `${inMinutes} min ${rest} s`;
}
