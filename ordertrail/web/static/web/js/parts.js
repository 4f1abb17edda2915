// Parts with a small life of their own: steps that open, rows that are selected, choices that submit, buttons that print.
(() => {
  'use strict';
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // .step[aria-controls] opens its panel and closes its neighbours'.
  document.addEventListener('click', (event) => {
    const step = event.target.closest('.step[aria-controls]');
    if (!step || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();  // a step may be a link that opens the page with its panel open
    const opened = step.getAttribute('aria-expanded') !== 'true';
    all('.step[aria-controls]', step.parentElement).forEach((other) => {
      const shown = other === step && opened;
      other.setAttribute('aria-expanded', String(shown));
      const panel = document.getElementById(other.getAttribute('aria-controls'));
      if (panel) panel.hidden = !shown;
    });
  });

  // [data-select] holds rows with checkboxes, a [data-select-all] and, anywhere in it, a [data-bulk] bar.
  const settle = (area) => {
    const boxes = all('tbody input[type=checkbox]:not(:disabled)', area);
    const chosen = boxes.filter((box) => box.checked);
    boxes.forEach((box) => box.closest('tr').classList.toggle('sel', box.checked));
    all('[data-bulk]', area).forEach((bar) => { bar.hidden = !chosen.length; });
    all('[data-selected]', area).forEach((place) => { place.textContent = String(chosen.length); });
    const head = area.querySelector('[data-select-all]');
    if (head) { head.checked = boxes.length > 0 && chosen.length === boxes.length; head.indeterminate = chosen.length > 0 && !head.checked; }
  };
  document.addEventListener('change', (event) => {
    const area = event.target.closest('[data-select]');
    if (area && event.target.type === 'checkbox') {
      if (event.target.matches('[data-select-all]')) all('tbody input[type=checkbox]:not(:disabled)', area).forEach((box) => { box.checked = event.target.checked; });
      settle(area);
    }
    if (event.target.matches('[data-submit]')) event.target.form.requestSubmit();
  });
  document.addEventListener('click', (event) => {
    const clear = event.target.closest('[data-clear]');
    const area = clear?.closest('[data-select]');
    if (area) { all('input[type=checkbox]', area).forEach((box) => { box.checked = false; }); settle(area); }
    if (event.target.closest('[data-print]')) window.print();
  });
  // A table that scrolls sideways in its card can be reached and scrolled by keyboard.
  const reach = () => all('.twrap').forEach((wrap) => {
    if (wrap.scrollWidth > wrap.clientWidth) wrap.tabIndex = 0; else wrap.removeAttribute('tabindex');
  });
  window.addEventListener('resize', reach);

  const start = () => { all('[data-select]').forEach(settle); reach(); };
  start();
  document.addEventListener('htmx:afterSettle', start);
})();
