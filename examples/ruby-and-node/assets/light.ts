export const light = (colour: string): string => `a ${colour} light, flashing`;
