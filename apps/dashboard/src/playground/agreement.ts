/** How far a text is the same as the first one, by whole characters, and what comes after. */
export const agreement = (first: string, text: string): { same: string; different: string } => {
  const [one, other] = [[...first], [...text]];
  const at = other.findIndex((character, index) => character !== one[index]);
  if (at < 0) return { same: text, different: '' };
  return { same: other.slice(0, at).join(''), different: other.slice(at).join('') };
};
