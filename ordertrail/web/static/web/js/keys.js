// The keyboard (ui.md §3). Single keys are off while typing, while a dialog is open, and for who switched them off.
(() => {
  'use strict';
  const rows = () => [...document.querySelectorAll('[data-rows] tbody tr, [data-rows] > li')];
  const current = () => rows().find((row) => row.classList.contains('cur'));
  const typing = (target) => target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !/^(checkbox|radio|button|submit)$/.test(target.type);
  const acting = (target) => /^(A|BUTTON|SUMMARY)$/.test(target.tagName);
  let pending = false;

  const move = (step) => {
    const list = rows();
    if (!list.length) return;
    const at = list.findIndex((row) => row.classList.contains('cur'));
    const next = list[Math.max(0, Math.min(list.length - 1, at < 0 ? 0 : at + step))];
    list[at]?.classList.remove('cur');
    next.classList.add('cur');
    next.scrollIntoView({ block: 'nearest' });
  };
  const link = (selector) => current()?.querySelector(selector);
  const clear = () => {
    const menus = [...document.querySelectorAll('details.menu[open]')];
    if (menus.length) { menus.forEach((menu) => { menu.open = false; menu.querySelector('summary').focus(); }); return; }
    const bulk = document.querySelector('[data-clear]');
    if (bulk && bulk.offsetParent !== null) { bulk.click(); return; }
    current()?.classList.remove('cur');
  };
  const find = () => {
    const input = document.querySelector('[data-list-search]');
    if (input) input.focus(); else window.ordertrail.open('find');
  };
  const findings = () => {
    const target = link('[data-findings]');
    if (target) target.click(); else document.getElementById('findings')?.scrollIntoView({ block: 'start' });
  };
  const go = (key) => document.querySelector(`[data-go="${CSS.escape(key)}"]`)?.click();
  const act = {
    '/': find, '?': () => window.ordertrail.open('keys'), j: () => move(1), k: () => move(-1), e: findings,
    x: () => link('input[type=checkbox]')?.click(), g: () => { pending = true; setTimeout(() => { pending = false; }, 1500); },
  };

  document.addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      window.ordertrail.open('find');
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
    if (event.key === 'Escape') { if (typing(event.target)) event.target.blur(); else clear(); return; }
    if (document.documentElement.dataset.keys === 'off' || typing(event.target)) return;
    if (pending) { pending = false; event.preventDefault(); go(event.key); return; }
    if (event.key === 'Enter' && !acting(event.target)) { link('[data-open-row], a[href]')?.click(); return; }
    const done = act[event.key];
    if (done) { event.preventDefault(); done(); }
  });
})();
