/**
 * Text without regard to case, in the same way everywhere and whatever the language (what Unicode calls a case fold).
 * Applied twice it changes nothing more.
 */
export function foldCase(text: string): string {
  // Upper case joins forms that lower case leaves apart (ß and SS), and lower case those that upper case does (ẞ and ß).
  return text.toLowerCase().toUpperCase().toLowerCase().normalize('NFKC');
}
