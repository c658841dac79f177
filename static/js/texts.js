// Texts in the language of the page. For other languages than English, the page has a catalogue in a data block.

const catalogue = JSON.parse(document.getElementById("script-texts")?.textContent ?? "{}");
const plurals = new Intl.PluralRules(document.documentElement.lang);

export const isTranslated = Object.keys(catalogue).length > 0;

// `values` replace the placeholders of a text: "%(count)s songs".
export function gettext(text, values = {}) {
  return filled(catalogue[text] ?? text, values);
}

export function ngettext(singular, plural, count, values = {}) {
  const isOne = plurals.select(count) === "one";
  const forms = catalogue[singular];
  const text = forms ? forms[isOne ? 0 : 1] : isOne ? singular : plural;
  return filled(text, { count: grouped(count), ...values });
}

export function grouped(number) {
  return number.toLocaleString(document.documentElement.lang);
}

function filled(text, values) {
  return text.replace(/%\((\w+)\)s/g, (placeholder, name) => String(values[name] ?? placeholder));
}
