import leven from "leven";

/** The word that the fewest changes of a letter lead to. */
export function nearest(word, words) {
  return words.toSorted((one, other) => leven(word, one) - leven(word, other))[0];
}
