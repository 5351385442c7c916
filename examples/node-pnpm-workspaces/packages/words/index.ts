import { kebabCase } from "change-case";

export function slug(title: string): string {
  return kebabCase(title);
}
