// @ts-check
/**
 * What may be let to another person, in words.
 * @type {Record<string, string>}
 */
export const POWERS = { "see-readings": "Смотреть показания", "submit-readings": "Передавать показания" };
