// The functions that our FEEL knows, in place of the list that the editors of the library bring along: that one is
// English and names functions which this product refuses. The server writes the list on the page.
const holder = document.querySelector('[data-feel-functions]');

export const camundaBuiltins = holder ? JSON.parse(holder.dataset.feelFunctions) : [];
