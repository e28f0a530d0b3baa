/**
 * The mark mail programs set before the subject of a forward: en and most others, de, fr, es and pt, it, nl, Nordic, pl, hu,
 * tr, South Slavic, ru and uk, el, zh, ko, vi, he, ar. Before it only a tag in brackets may stand (`[EXTERNAL]`): `Re: Fwd:`
 * answers a forward and is none.
 */
const FORWARD_SUBJECT =
  /^\s*(?:\[[^\]]{0,60}\]\s*)?(?:fwd?|wg|tr|rv|enc|i|doorst|vs|vb|vl|fs|pd|továbbítás|ilt|i̇lt|proslj|posr|пер|пересл|прп|πρθ|转发|轉寄|轉發|전달|chuyển tiếp|ct|הועבר|إعادة توجيه)\s?[:：]/i;

/** Whether the subject begins with the mark of a forward. */
export function isForwardSubject(subject: string): boolean {
  return FORWARD_SUBJECT.test(subject);
}
