/**
 * What is not ASCII, as a double-quoted text of YAML spells it. Names are for others to choose: a server ends over some
 * characters as they are (go-yaml, `yaml_parser_update_buffer`), YAML 1.1 sees more line breaks than one does, and a terminal
 * obeys what is no letter.
 */
function escaped(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  // YAML wants eight digits where JSON writes two halves.
  return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
}

/** Of one line, in which a line's end would be one too many. */
export const asciiLine = (text: string): string => text.replace(/[^ -~]/gu, escaped);

/** Of YAML in which all that is not ASCII stands within double quotes; its lines stay. */
export const asciiYaml = (text: string): string => text.replace(/[^\n -~]/gu, escaped);
