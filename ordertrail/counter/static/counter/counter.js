// Typing an order: Enter adds a line, a list pasted from Excel fills lines, each field that is left is told what follows from it.
(() => {
  'use strict';
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // A field with suggestions: htmx fills the list below it, arrows move in it, Enter or a click takes one, Esc closes it.
  const listOf = (input) => document.getElementById(input.getAttribute('aria-controls'));
  const show = (input, open) => {
    const list = listOf(input);
    const shown = open && list.children.length > 0;
    list.hidden = !shown;
    input.setAttribute('aria-expanded', String(shown));
    if (!shown) mark(input, null);
  };
  const mark = (input, option) => {
    all('[aria-selected="true"]', listOf(input)).forEach((one) => one.removeAttribute('aria-selected'));
    if (!option) { input.removeAttribute('aria-activedescendant'); return; }
    option.setAttribute('aria-selected', 'true');
    input.setAttribute('aria-activedescendant', option.id);
    option.scrollIntoView({ block: 'nearest' });
  };
  const step = (input, by) => {
    const options = all('[role=option]', listOf(input));
    if (!options.length) return;
    const at = options.findIndex((one) => one.getAttribute('aria-selected') === 'true');
    mark(input, options[(at + by + options.length) % options.length]);
  };
  const take = (input, option) => {
    input.value = option.dataset.value;
    show(input, false);
    input.dispatchEvent(new Event('change', { bubbles: true }));
    const row = input.closest('tr[data-line]');
    (row ? row.querySelector('[name=qty]') : input).focus();
  };
  document.addEventListener('htmx:afterSwap', (event) => {
    const list = event.target;
    if (list.getAttribute?.('role') !== 'listbox') return;
    all('[role=option]', list).forEach((option, at) => { option.id = `${list.id}-${at}`; });
    const input = document.querySelector(`[aria-controls="${list.id}"]`);
    show(input, document.activeElement === input);
  });
  document.addEventListener('mousedown', (event) => {
    const option = event.target.closest?.('[role=listbox] [role=option]');
    if (!option) return;
    event.preventDefault();
    take(document.querySelector(`[aria-controls="${option.parentElement.id}"]`), option);
  });
  document.addEventListener('focusout', (event) => { if (event.target.matches?.('[role=combobox]')) show(event.target, false); });
  document.addEventListener('keydown', (event) => {
    const input = event.target;
    if (!input.matches?.('[role=combobox]') || listOf(input).hidden) return;
    const option = listOf(input).querySelector('[aria-selected="true"]');
    if (event.key === 'Enter' && option) take(input, option);
    else if (event.key === 'Escape') show(input, false);
    else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') step(input, event.key === 'ArrowDown' ? 1 : -1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);

  // A customer that is there already, or was written down on the way, stands in the field.
  const put = (field, value) => {
    const input = document.getElementById(field);
    if (!input) return;
    input.value = value;
    all('dialog[open]').forEach((box) => box.close());
    input.dispatchEvent(new Event('change', { bubbles: true }));
    input.focus();
  };
  document.addEventListener('typed', (event) => put(event.detail.field, event.detail.value));
  document.addEventListener('click', (event) => {
    const taken = event.target.closest('[data-take]');
    if (taken) put(taken.dataset.take, taken.dataset.value);
  });

  const form = document.querySelector('[data-entry]');
  if (!form) return;
  const body = form.querySelector('tbody');
  const template = document.getElementById('row');

  // What follows from the fields is asked of the server: the rows that changed since it last answered, and the totals.
  const changed = new Set();
  let waiting = 0;
  const ask = (key) => {
    changed.add(key);
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      form.querySelector('[name=changed]').value = [...changed].join(' ');
      form.dispatchEvent(new Event('told'));
    }, 0);
  };
  form.addEventListener('htmx:afterRequest', (event) => {
    if (event.detail.successful && event.detail.elt === form) {
      event.detail.requestConfig.formData.get('changed').split(' ').forEach((key) => changed.delete(key));
    }
  });
  form.addEventListener('change', (event) => {
    const row = event.target.closest('tr[data-line]');
    if (event.target.name === 'customer') ask('customer');
    else if (row) ask(row.dataset.line);
    else if (event.target.name === 'promised_date') ask('all');
    else ask('totals');
  });
  // What the server writes into fields: the SKU that a name or barcode meant, the price of the product as a hint.
  document.addEventListener('htmx:oobAfterSwap', (event) => {
    all('#sets [data-set]').forEach((one) => {
      const input = document.getElementById(one.dataset.set);
      if (!input) return;
      if (one.dataset.from !== undefined && input.value.trim() !== one.dataset.from.trim()) return;
      if (one.dataset.value !== undefined) input.value = one.dataset.value;
      if (one.dataset.placeholder !== undefined) input.placeholder = one.dataset.placeholder;
      one.remove();
    });
  });

  // Lines.
  const lines = () => all('tr[data-line]', body);
  const empty = (row) => all('input:not([type=hidden])', row).every((input) => !input.value.trim());
  const add = () => {
    const key = String(Math.max(0, ...lines().map((row) => Number(row.dataset.line))) + 1);
    const made = document.createElement('tbody');
    made.innerHTML = template.innerHTML.replaceAll('__key__', key);
    const row = made.firstElementChild;
    body.append(row);
    window.htmx.process(row);
    return row;
  };
  const after = (row) => {
    const list = lines();
    return list[list.indexOf(row) + 1] || add();
  };
  const next = (input) => {
    const fields = all('input:not([type=hidden]), select, textarea, button', form).filter((one) => one.offsetParent !== null);
    fields[fields.indexOf(input) + 1]?.focus();
  };
  form.addEventListener('keydown', (event) => {
    const input = event.target;
    if (event.key !== 'Enter' || input.matches('textarea, button, a, summary') && !event.ctrlKey) return;
    event.preventDefault();
    if (event.ctrlKey || event.metaKey) { form.requestSubmit(form.querySelector('button.primary')); return; }
    const row = input.closest('tr[data-line]');
    if (row) { const to = after(row).querySelector('[name=sku]'); to.focus(); } else next(input);
  });
  form.addEventListener('click', (event) => {
    if (event.target.closest('[data-add-line]')) add().querySelector('[name=sku]').focus();
    const remove = event.target.closest('[data-remove-line]');
    if (!remove) return;
    const row = remove.closest('tr[data-line]');
    const beside = row.nextElementSibling || row.previousElementSibling || add();
    row.remove();
    beside.querySelector('[name=sku]').focus();
    ask('totals');
  });

  // SKU, quantity and price from a sheet, between tabs: a line each; a head of words above them is left out.
  body.addEventListener('paste', (event) => {
    const text = event.clipboardData.getData('text/plain');
    if (event.target.name !== 'sku' || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    let table = text.split(/\r?\n/).filter((one) => one.trim()).map((one) => one.split('\t').map((cell) => cell.trim()));
    if (table.length > 1 && table[0].length > 1 && !/\d/.test(table[0][1])) table = table.slice(1);
    let row = event.target.closest('tr[data-line]');
    table.forEach((cells, at) => {
      if (at) row = after(row);
      while (at && !empty(row)) row = after(row);
      ['sku', 'qty', 'price'].forEach((name, place) => { if (cells[place] !== undefined) row.querySelector(`[name=${name}]`).value = cells[place]; });
      ask(row.dataset.line);
    });
    after(row).querySelector('[name=sku]').focus();
  });
})();
