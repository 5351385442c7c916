import { toWords } from "number-to-words";

export const spell = (value: number): string => toWords(value);
